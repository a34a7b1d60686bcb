// How the report looks. Colours stand once as variables, for light and for dark; paper is always light. Five shades tell
// how much of a building is taken: each has its own ink, with a contrast of at least 4.5.

const light = `
--paper: #ffffff; --raised: #f5f7f9; --ink: #1b2127; --soft: #55606b; --line: #d5dce3; --accent: #0a5a8c;
--wide: #cfe0ee; --middle: #8db8d8; --median: #0a4570;
--cut: #6b4fa0; --order: #a3231a; --outbreak: #d98a4b; --whisker: #1b2127;
--stopped: #a3231a; --stand-in: #8a4b00; --degraded: #6b5900;
--shade-0: #f5f7f9; --shade-1: #fdeeda; --shade-2: #f8cf9e; --shade-3: #e79a56; --shade-4: #8f2f16;
--ink-0: #1b2127; --ink-1: #1b2127; --ink-2: #1b2127; --ink-3: #1b2127; --ink-4: #ffffff;`;

const dark = `
--paper: #12171c; --raised: #1b2229; --ink: #e7ecf0; --soft: #a3afba; --line: #34404b; --accent: #7cc0ee;
--wide: #1f3a50; --middle: #33668f; --median: #a5d6f8;
--cut: #b39ae0; --order: #ff9c92; --outbreak: #d98a4b; --whisker: #e7ecf0;
--stopped: #ff9c92; --stand-in: #f3b566; --degraded: #e2cf6a;
--shade-0: #1b2229; --shade-1: #3a2a1a; --shade-2: #5c3814; --shade-3: #8a4a12; --shade-4: #f0a868;
--ink-0: #e7ecf0; --ink-1: #f3e6d8; --ink-2: #fbeddd; --ink-3: #ffffff; --ink-4: #1b0f04;`;

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1, h2, h3 { line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.35rem; } h3 { font-size: 1.05rem; }
p { margin: .5rem 0; max-width: 44rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: .75rem; }
header p { margin: .25rem 0; max-width: none; color: var(--soft); }
section { margin-top: 2.75rem; }
.kicker { display: block; margin: 0 0 .15rem; color: var(--accent); font-size: .85rem; font-weight: 600; letter-spacing: .02em; }
.how, .legend, .aside, footer { color: var(--soft); }
.how, .legend { font-size: .9rem; }
ul, ol { margin: .5rem 0; padding-left: 1.4rem; }
table { border-collapse: collapse; width: 100%; margin-top: .75rem; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem .5rem 0; border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; color: var(--soft); font-weight: 500; font-size: .82rem; line-height: 1.3; border-bottom-color: var(--soft); }
tbody th { font-weight: 600; }
.figures { width: auto; min-width: min(100%, 34rem); }
.figures td, .figures thead th:not(:first-child) { text-align: right; padding-left: 1rem; }
.figures tbody th { font-weight: 400; }
.scroll { overflow-x: auto; }`;

const answer = `
.answer { border-left: 4px solid var(--accent); background: var(--raised); padding: 1.25rem 1.5rem; margin-top: 1.75rem; border-radius: 0 6px 6px 0; }
.answer h2 { font-size: 1.5rem; } .answer h3 { margin-top: 1rem; }
.lead { font-size: 1.1rem; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem 2.25rem; margin: 1rem 0 0; }
.facts dt { color: var(--soft); font-size: .82rem; } .facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts.small { gap: .4rem 1.75rem; } .facts.small dd { font-weight: 400; color: var(--ink); overflow-wrap: anywhere; }
.people { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; }
.controls.many { columns: 2 22rem; column-gap: 2rem; font-size: .92rem; } .controls li { break-inside: avoid; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .92rem; }
.badge { color: var(--accent); font-size: .8rem; font-weight: 600; white-space: nowrap; }
.compare tbody th { min-width: 9rem; } .compare .badge { display: block; }
.compare .chosen { background: var(--raised); } 
.compare tr:not(.more) th, .compare tr:not(.more) td { border-bottom: 0; padding-bottom: .15rem; } .compare thead tr:not(.more) th { border-bottom: 1px solid var(--soft); padding-bottom: .5rem; }
.more td { padding-top: 0; padding-left: .6rem; color: var(--soft); font-size: .85rem; } .more b { font-weight: 500; color: var(--ink); }
.apart { margin-top: 1.5rem; } .more .note { display: block; margin: .1rem 0; }
.hit { display: block; }
.compare th:first-child { padding-left: .6rem; }
.state { display: inline-block; white-space: nowrap; margin-right: .5rem; font-weight: 600; }
.state-stopped { color: var(--stopped); } .state-stand-in { color: var(--stand-in); } .state-degraded { color: var(--degraded); }
.plan { border-top: 1px solid var(--line); padding: 1.25rem 0 .5rem; margin-top: 1.25rem; }
.impacts th { width: 45%; } .impacts thead th { width: auto; }
.because { display: block; font-weight: 400; font-size: .85rem; color: var(--soft); max-width: 34rem; }
.notes { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 1rem 0 0; }
.notes dt { color: var(--soft); } .notes dd { margin: 0; max-width: 40rem; } .notes ul { margin: 0; padding-left: 1.1rem; }`;

const drawings = `
figure { margin: 1rem 0 0; } svg { display: block; } .fan { width: 100%; height: auto; overflow: visible; }
.narrow { display: none; }
svg text { fill: var(--soft); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
svg .strong { fill: var(--ink); font-weight: 600; }
.span { margin: 1rem 0 .25rem; font-weight: 600; font-size: .92rem; } .lead { max-width: 46rem; }
.order-line { stroke: var(--order); stroke-width: 1.5; stroke-dasharray: 4 3; } svg .order-mark { fill: var(--order); font-weight: 700; }
.orders .mark { color: var(--order); font-weight: 700; width: 4rem; } .orders th { font-weight: 600; white-space: nowrap; } .orders td { max-width: 40rem; } .orders tr:not(.first) td, .orders tr:not(.first) th { padding-top: 0; } .orders tbody tr:not(.first) { border-top: 0; } .orders tbody td, .orders tbody th { border-bottom: 0; } .orders .first { border-top: 1px solid var(--line); }
.dot { fill: var(--median); } .dot.best { fill: var(--order); } svg .dot-number { fill: var(--paper); font-weight: 700; } .leader { stroke: var(--soft); stroke-width: 1; } .whisker.soft { stroke: var(--line); stroke-width: 3; }
.averted { fill: var(--middle); }
.walls { padding-left: 0; list-style: none; counter-reset: wall; } .walls > li { counter-increment: wall; border-top: 1px solid var(--line); padding: .75rem 0 .6rem 2.25rem; position: relative; break-inside: avoid; }
.walls > li::before { content: counter(wall); position: absolute; left: 0; top: .7rem; min-width: 1.5rem; text-align: center; font-weight: 700; color: var(--paper); background: var(--median); border-radius: 1rem; font-size: .85rem; line-height: 1.5rem; }
.walls > li:first-child::before { background: var(--order); } .walls .harm-bar { margin: .35rem 0; max-width: 40rem; } .walls .notes { margin: .25rem 0 0; font-size: .9rem; gap: .1rem 1.25rem; }
.grid, .tick { stroke: var(--line); stroke-width: 1; }
.band-wide { fill: var(--wide); } .band-middle { fill: var(--middle); } .median { fill: none; stroke: var(--median); stroke-width: 2.5; stroke-linejoin: round; }
.legend { margin: .5rem 0; } .key { display: inline-block; width: 1.1rem; height: .75rem; margin: 0 .15rem 0 .9rem; vertical-align: -1px; }
.key:first-child { margin-left: 0; }
.band-wide-key { background: var(--wide); } .band-middle-key { background: var(--middle); } .median-key { height: 3px; background: var(--median); vertical-align: 4px; }
.harms { display: grid; grid-template-columns: minmax(8rem, 24rem) max-content minmax(9rem, 1fr); gap: .35rem 1.25rem; align-items: center; margin-top: 1rem; }
.harm-figure { text-align: right; font-variant-numeric: tabular-nums; font-size: .9rem; } .harm-bar { overflow: visible; }
.harm-cut { fill: var(--cut); } .harm-outbreak { fill: var(--outbreak); } .whisker { stroke: var(--whisker); stroke-width: 2; }
.harm-cut-key { background: var(--cut); } .harm-outbreak-key { background: var(--outbreak); }
section > h3 { margin-top: 1.25rem; }
.tiles { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(9.25rem, 1fr)); gap: .5rem; }
.tile { position: relative; padding: .5rem .65rem .8rem; border: 1px solid var(--line); border-radius: 4px; font-size: .82rem; line-height: 1.35; overflow: hidden; }
.tile span { display: block; font-variant-numeric: tabular-nums; } .tile .name { font-weight: 600; overflow-wrap: anywhere; } .tile .share { font-size: 1.3rem; font-weight: 600; }
.tile .bar { position: absolute; left: 0; bottom: 0; height: 5px; background: currentColor; }
${[0, 1, 2, 3, 4].map((shade) => `.shade-${shade} { background: var(--shade-${shade}); color: var(--ink-${shade}); }`).join("\n")}
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .85rem; }`;

/** Tables become blocks with the heading beside each figure. */
const narrow = `
@media screen and (max-width: 44rem) {
  body { padding: 1.25rem 1rem 2rem; } .answer { padding: 1rem; margin-left: -1rem; margin-right: -1rem; border-radius: 0; }
  .wide { display: none; } .narrow { display: block; }
  .compare, .compare tbody, .compare tr, .compare th, .compare td, .impacts, .impacts tbody, .impacts tr, .impacts th, .impacts td { display: block; }
  .compare thead, .impacts thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .compare tr, .impacts tr { border-bottom: 1px solid var(--soft); padding: .6rem; }
  .compare th, .compare td, .impacts th, .impacts td { border: 0; padding: .15rem 0; width: auto; } .compare tr:not(.more) th, .compare tr:not(.more) td { border-bottom: 0; padding-bottom: .15rem; } .compare thead tr:not(.more) th { border-bottom: 1px solid var(--soft); padding-bottom: .5rem; }
.more td { padding-top: 0; padding-left: .6rem; color: var(--soft); font-size: .85rem; } .more b { font-weight: 500; color: var(--ink); }
.more .note { display: block; margin: .1rem 0; }
.hit { display: block; }
.compare th:first-child { padding-left: 0; }
  .compare tr:not(.more), .compare tr:not(.more) td { border: 0; padding-bottom: .15rem; }
  .compare td:not([colspan]), .impacts td { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; } .compare .badge { display: inline; } .more td { padding-left: 0; }
  .compare td:not([colspan])::before, .impacts td::before { content: attr(data-name); color: var(--soft); }
  .harms { grid-template-columns: 1fr max-content; } .harm-bar { grid-column: 1 / -1; margin-bottom: .5rem; }
  .figures { font-size: .82rem; } .figures td, .figures thead th:not(:first-child) { padding-left: .5rem; }
  .orders, .orders tbody, .orders tr, .orders td, .orders th { display: block; } .orders thead { display: none; } .orders td[data-name] { padding: .1rem 0; } .orders .mark { display: inline; } .orders th[scope=row] { display: inline; } .orders td:last-child { color: var(--soft); padding-bottom: .4rem; }
  .walls > li { padding-left: 2rem; } .walls .notes { grid-template-columns: 1fr; } .more .note { display: block; margin: .15rem 0; }
  .tiles { grid-template-columns: repeat(2, 1fr); } .notes { grid-template-columns: 1fr; gap: .1rem; } .notes dd { margin-bottom: .5rem; }
}`;

const paper = `
@media print {
  @page { size: A4; margin: 14mm 13mm; }
  :root { ${light} }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 9.5pt; } body { padding: 0; max-width: none; } svg text { font-size: 13px; }
  section { margin-top: 6mm; } h2, h3, .how { break-after: avoid; } .whole, .how, figure, footer, .compare tbody, tr, .tile, .harms, .notes { break-inside: avoid; }
  th, td { padding: 1.2mm 2mm 1.2mm 0; } thead { display: table-header-group; }
  .compare tbody th { min-width: 32mm; } .harms { grid-template-columns: minmax(0, 70mm) max-content 1fr; } details:not([open]) { display: none; } summary { list-style: none; color: var(--soft); } .answer { box-decoration-break: clone; -webkit-box-decoration-break: clone; padding: 4mm 5mm; } .scroll { overflow: visible; }
  .tiles { grid-template-columns: repeat(5, 1fr); gap: 1.5mm; }
}`;

export const reportStyle = [
  `:root { color-scheme: light dark; ${light} }`,
  `@media (prefers-color-scheme: dark) { :root { ${dark} } }`,
  page,
  answer,
  drawings,
  narrow,
  paper,
]
  .join("\n")
  .trim();
