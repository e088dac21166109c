// A chart or a table taken along as a file.

/** csv writes rows as UTF-8 with a byte order mark, so that a spreadsheet reads
 * it; a text that one would compute stays a text. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (v: string | number): string => {
    if (typeof v === "number") return String(v);
    const s = /^[=+\-@\t\r]/.test(v) ? "'" + v : v;
    return /[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s;
  };
  return "\ufeff" + rows.map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function saveCSV(rows: readonly (readonly (string | number)[])[], name: string): void {
  download(new Blob([csv(rows)], { type: "text/csv;charset=utf-8" }), name + ".csv");
}

const styled = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "dominant-baseline"];

/** savePNG draws an SVG as it looks now, twice as large, with its title above. */
export async function savePNG(svg: SVGSVGElement, title: string, name: string): Promise<void> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
  from.forEach((el, i) => {
    const look = getComputedStyle(el);
    for (const p of styled) to[i]!.setAttribute(p, look.getPropertyValue(p));
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const img = new Image();
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    img.src = url;
    await img.decode();
    const page = getComputedStyle(document.body), canvas = document.createElement("canvas"), head = 40;
    canvas.width = width * 2;
    canvas.height = (height + head) * 2;
    const g = canvas.getContext("2d")!;
    g.scale(2, 2);
    g.fillStyle = getComputedStyle(svg.closest(".card") ?? document.body).backgroundColor;
    g.fillRect(0, 0, width, height + head);
    g.fillStyle = page.color;
    g.font = `bold 16px ${page.fontFamily}`;
    g.fillText(title, 12, 26, width - 24);
    g.drawImage(img, 0, head, width, height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob) download(blob, name + ".png");
  } finally {
    URL.revokeObjectURL(url);
  }
}
