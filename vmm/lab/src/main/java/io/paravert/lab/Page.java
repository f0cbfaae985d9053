package io.paravert.lab;

/** A self-contained page for a screen in front of a class. One thread. */
public final class Page {
    private static final String STYLE = """
            body { font: 18px/1.5 sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            table { border-collapse: collapse; margin: 1rem 0 } th, td { padding: .2rem .7rem; text-align: left }
            th { border-bottom: 2px solid #444 } tr:nth-child(even) td { background: #f4f4f4 } tr.bad td { background: #fde0dc }
            """;

    private final StringBuilder html = new StringBuilder();

    public Page(String title) {
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escape(title))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escape(title))
                .append("</h1>\n");
    }

    public void heading(String text) {
        html.append("<h2>").append(escape(text)).append("</h2>\n");
    }

    public void paragraph(String text) {
        html.append("<p>").append(escape(text)).append("</p>\n");
    }

    public void subheading(String text) {
        html.append("<h3>").append(escape(text)).append("</h3>\n");
    }

    /** @param svg a whole picture, of the caller's own making: it goes in as it is */
    public void figure(String svg) {
        html.append("<div>").append(svg).append("</div>\n");
    }

    public void beginTable(String... heads) {
        html.append("<table><thead><tr>");
        for (String head : heads) {
            html.append("<th>").append(escape(head)).append("</th>");
        }
        html.append("</tr></thead><tbody>\n");
    }

    /** @param kind "bad" for what should stand out, or empty */
    public void beginRow(String kind) {
        html.append(kind.isEmpty() ? "<tr>" : "<tr class=\"" + escape(kind) + "\">");
    }

    public void cell(String text) {
        html.append("<td>").append(escape(text)).append("</td>");
    }

    public void endRow() {
        html.append("</tr>\n");
    }

    public void endTable() {
        html.append("</tbody></table>\n");
    }

    /** The whole page. */
    public String text() {
        return html + "</body></html>\n";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
