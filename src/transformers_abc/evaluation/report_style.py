"""The style sheet of the report: one column that fits a telephone, two where there is room, light or dark as the reader has it."""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --ink: #1d2129; --soft: #656d7a; --line: #e3e0d8; --track: #f1efe9;
  --same: #2f6f9f; --missed: #d9822b; --added: #b5338a; --missed-ground: #fdecd5; --added-ground: #f9e0f0; --accent: #2f6f9f; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1c2027; --ink: #e7e9ee; --soft: #9aa3b2; --line: #2e343e;
  --track: #252a33; --same: #6db1e3; --missed: #f0a650; --added: #e27cc0; --missed-ground: #43301a; --added-ground: #432138;
  --accent: #6db1e3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: clamp(1.5rem, 4.5vw, 2.2rem); line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .9rem; letter-spacing: -.01em; }
h3 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .5rem 0; } .soft { color: var(--soft); } .eyebrow { color: var(--accent); font-weight: 600; margin: 0 0 .3rem; }
a { color: var(--accent); } .small { font-size: .86rem; } .wrap { overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.15rem 1.25rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .8rem; margin: 1.6rem 0; }
.tile .number { font-size: 2rem; font-weight: 650; line-height: 1.15; font-variant-numeric: tabular-nums; letter-spacing: -.02em; }
.tile .name { color: var(--soft); font-size: .86rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
th { text-align: right; color: var(--soft); font-weight: 500; white-space: nowrap; }
td, th { padding: .42rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
td:first-child, th:first-child { text-align: left; padding-left: 0; } td.name { white-space: nowrap; }
tr:last-child td { border-bottom: 0; } td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 7rem; }
.row { display: grid; grid-template-columns: 11rem 1fr 3.4rem; gap: .9rem; align-items: center; padding: .3rem 0; }
.row .value { text-align: right; font-variant-numeric: tabular-nums; }
.strip { background: var(--track); border-radius: 6px; padding: 0 9px; } .lane { position: relative; height: 26px; }
.lane i { position: absolute; top: 50%; transform: translate(-50%, -50%); }
.lane .box { transform: translateY(-50%); height: 16px; background: var(--same); opacity: .24; border-radius: 4px; }
.lane .dot { width: 7px; height: 7px; border-radius: 50%; background: var(--same); opacity: .5; }
.lane .median { width: 2px; height: 20px; background: var(--same); }
.lane .mean { width: 9px; height: 9px; background: var(--ink); transform: translate(-50%, -50%) rotate(45deg); }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .78rem; } .row .axis { padding: 0 6px; }
.histograms { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 1.2rem; margin-top: 1.2rem; }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .84rem; margin-bottom: .35rem; }
.bars { display: flex; align-items: flex-end; gap: 2px; height: 90px; border-bottom: 1px solid var(--soft); }
.bar { flex: 1; background: var(--same); border-radius: 3px 3px 0 0; opacity: .85; }
.case { margin-bottom: 1.4rem; } .case header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; margin: .7rem 0; }
.chip { border: 1px solid var(--line); border-radius: 99px; padding: .1rem .6rem; font-size: .82rem; color: var(--soft);
  white-space: nowrap; }
.chip b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.error { border-left: 3px solid var(--added); padding: .2rem .7rem; margin: .6rem 0; overflow-wrap: anywhere; }
audio { width: 100%; max-width: 460px; height: 38px; margin: .3rem 0; }
.rolls { margin: .6rem 0 1.5rem; } .roll { margin-bottom: .6rem; }
.roll svg { display: block; width: 100%; height: clamp(90px, 17vw, 150px); background: var(--track); border-radius: 6px; }
rect.same { fill: var(--same); } rect.missed { fill: var(--missed); } rect.added { fill: var(--added); }
line.octave { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.seconds { position: relative; height: 1.1rem; color: var(--soft); font-size: .78rem; }
.seconds span { position: absolute; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .84rem; color: var(--soft); }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 3px; margin-right: .35rem; vertical-align: -1px; }
.abc { display: grid; grid-template-columns: 1fr 1fr; border: 1px solid var(--line); border-radius: 8px; overflow: hidden;
  font: .8rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.abc > div { padding: .08rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.4em; min-width: 0; }
.abc > .left { border-right: 1px solid var(--line); }
.abc > .title { font-family: system-ui, sans-serif; color: var(--soft); padding: .35rem .7rem; background: var(--track); }
.abc .differs.left { background: var(--missed-ground); } .abc .differs.right { background: var(--added-ground); }
.abc .gone { background: var(--track); }
mark { color: inherit; background: none; border-radius: 3px; font-weight: 650; }
.left mark { box-shadow: inset 0 -2px 0 var(--missed); } .right mark { box-shadow: inset 0 -2px 0 var(--added); }
details { margin-top: .7rem; } summary { cursor: pointer; color: var(--soft); font-size: .88rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0;
  font: .8rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 640px) {
  main { padding: 1.5rem .9rem 3rem; } .card { padding: .9rem; }
  .row { grid-template-columns: 1fr auto; gap: .1rem .8rem; } .row .strip, .row .axis { grid-column: 1 / -1; grid-row: 2; }
  .abc { grid-template-columns: 1fr; } .abc > .left { border-right: 0; } .abc > .right.same, .abc > .gone, .abc > .title { display: none; }
  .abc > .differs.left::before { content: "− "; color: var(--missed); }
  .abc > .differs.right::before { content: "+ "; color: var(--added); }
}
"""
