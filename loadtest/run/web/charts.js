// Charts of the LLM tab of Locust's web UI: drawn below the tab's table, from /llm/series, every two seconds.
"use strict";
(() => {
  const CHARTS = [
    { title: "Time to first token", unit: "ms", lines: { ttft_p50: "median", ttft_p99: "p99" } },
    { title: "Inter-token latency", unit: "ms", lines: { itl_p50: "median", itl_p99: "p99" } },
    { title: "Output tokens per second", unit: "tok/s", lines: { output_rate: "" } },
    { title: "Cached prompt tokens", unit: "%", lines: { cached: "" }, top: 100 },
    { title: "Requests in flight", unit: "", lines: { in_flight: "" } },
  ];
  const COLORS = ["#15a36b", "#d9822b"];
  const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [560, 200, 52, 56, 12, 24];
  const EVERY_MS = 2000;

  const box = document.createElement("div");
  box.style.cssText = "display:none;grid-template-columns:repeat(auto-fill,minmax(min(420px,100%),1fr));gap:24px;margin:32px 0;" +
    "font:13px Roboto,Helvetica,Arial,sans-serif";

  // Beside the table, wherever the page has put it: below the page's own root it would be out of sight.
  function settle() {
    const table = document.querySelector("table");
    const home = table && table.closest(".MuiPaper-root") && table.closest(".MuiPaper-root").parentElement;
    if (home && box.parentElement !== home) home.append(box);
  }

  const number = (value) => value >= 100 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(3));

  function niceTop(most) {
    const step = 10 ** Math.floor(Math.log10(most || 1));
    return [1, 2, 5, 10].map((factor) => factor * step).find((top) => top >= most);
  }

  function path(points, key, x, y) {
    let pen = "M";
    return points.map((point) => {
      if (point[key] === null) { pen = "M"; return ""; }
      const command = `${pen}${x(point.at).toFixed(1)},${y(point[key]).toFixed(1)}`;
      pen = "L";
      return command;
    }).join("");
  }

  function svg(chart, points) {
    const keys = Object.keys(chart.lines);
    const values = points.flatMap((point) => keys.map((key) => point[key])).filter((value) => value !== null);
    const [first, last] = [points[0].at, Math.max(points.at(-1).at, points[0].at + 1)];
    const top = chart.top || niceTop(Math.max(...values, 0));
    const x = (at) => LEFT + (at - first) / (last - first) * (WIDTH - LEFT - RIGHT);
    const y = (value) => HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    const grid = [0, 0.5, 1].map((share) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share * top)}"
      y2="${y(share * top)}" stroke="currentColor" opacity=".15"/><text x="${LEFT - 6}" y="${y(share * top) + 4}"
      text-anchor="end" opacity=".7">${number(share * top)}</text>`).join("");
    const times = [first, last].map((at, place) => `<text x="${x(at)}" y="${HEIGHT - 6}"
      text-anchor="${place ? "end" : "start"}" opacity=".7">${Math.round(at)} s</text>`).join("");
    let above = -Infinity;
    const ends = keys.map((key, place) => ({ key, color: COLORS[place], point: points.findLast((p) => p[key] !== null) }))
      .filter(({ point }) => point).sort((a, b) => y(a.point[a.key]) - y(b.point[b.key]))
      .map(({ key, color, point }) => {
        above = Math.max(y(point[key]) + 4, above + 14);
        return `<text x="${WIDTH - RIGHT + 6}" y="${above}" fill="${color}">${chart.lines[key] || number(point[key])}</text>`;
      }).join("");
    const lines = keys.map((key, place) => `<path d="${path(points, key, x, y)}" fill="none" stroke-width="1.8"
      stroke="${COLORS[place]}"/>`).join("");
    return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" fill="currentColor" font-size="12" role="img"
      aria-label="${chart.title}">${grid}${times}${lines}${ends}</svg>`;
  }

  async function draw() {
    const here = new URLSearchParams(location.search).get("tab") === "llm";
    box.style.display = here ? "grid" : "none";
    if (!here) return;
    settle();
    const points = await (await fetch("llm/series")).json();
    box.innerHTML = points.length < 2 ? "<p>The first answers are on their way.</p>" : CHARTS.map((chart) =>
      `<figure style="margin:0;min-width:0"><figcaption style="font-weight:500;font-size:15px">${chart.title}
      <span style="opacity:.6;font-weight:400">${chart.unit}</span></figcaption>${svg(chart, points)}</figure>`).join("");
  }

  const tick = () => draw().catch(() => {}).finally(() => setTimeout(tick, EVERY_MS));
  tick();
})();
