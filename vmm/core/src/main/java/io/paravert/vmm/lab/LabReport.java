package io.paravert.vmm.lab;

import java.util.Optional;

/**
 * What an experiment found.
 *
 * @param text for a terminal, at most 100 columns, the last line ended
 * @param json one JSON object with the same figures
 * @param html one self-contained page, if the experiment has one
 */
public record LabReport(String text, String json, Optional<String> html) {}
