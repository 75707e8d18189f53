// The cross-hair: shows a chart's reading nearest to the pointer, beneath the chart's title.
for (const svg of document.querySelectorAll("svg[data-read]")) {
  const readings = JSON.parse(svg.dataset.read);
  const caption = svg.closest("figure").querySelector(".reading");
  const usual = caption.textContent;
  const hair = document.createElementNS(svg.namespaceURI, "line");
  hair.setAttribute("class", "hair");
  hair.setAttribute("y1", "10");
  hair.setAttribute("y2", String(svg.viewBox.baseVal.height - 24));
  const leave = () => { caption.textContent = usual; hair.remove(); };
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    const nearest = readings.reduce((best, one) => Math.abs(one[0] - x) < Math.abs(best[0] - x) ? one : best, readings[0]);
    if (!nearest) return;
    hair.setAttribute("x1", nearest[0]);
    hair.setAttribute("x2", nearest[0]);
    svg.append(hair);
    caption.textContent = nearest[1];
  });
}
