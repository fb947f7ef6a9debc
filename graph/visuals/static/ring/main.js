// Everything is built once, in the order of the page. `window.ringPage` is what tests and the workbench hold on to.

const page = { network, nodes, members, links, bundles, shown, filters, choose, findPath, path: null, membersCsv, linksCsv, graphml, viewHash, ready: 0 };
buildWhy();
buildLegend();
buildThresholds();
buildTools();
buildSearch();
buildTime();
buildBreaks();
buildTable();
built.done = true;
if (!restoreView()) { showRing(); refresh(); fit(); }
network.once("afterDrawing", () => { page.ready = performance.now(); document.documentElement.dataset.ready = "yes"; });
network.redraw();
window.ringPage = page;
