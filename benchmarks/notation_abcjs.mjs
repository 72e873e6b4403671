// abcjs as `notation.py` measures it: node notation_abcjs.mjs NODE_MODULES TEXTS.json ROUNDS
//
// Parses each text, plays it without sound and collects the notes; prints what notation_engines.py prints.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, path, rounds] = process.argv.slice(2);
const require = createRequire(modules + "/");
const abcjs = require("abcjs");
const texts = JSON.parse(readFileSync(path));
const WARM_UP = 20;

function notesOf(text) {
  const { tracks } = abcjs.parseOnly(text)[0].setUpAudio({ chordsOff: true });
  const notes = tracks.flat().filter((event) => event.cmd === "note");
  return notes.map(({ start, duration, pitch }) => [start, duration, pitch]);
}

function read(texts) {
  return texts.map((text) => {
    try {
      return notesOf(text).length;
    } catch {
      return null; // its failure is a figure here
    }
  });
}

read(texts.slice(0, WARM_UP));
const result = { version: require("abcjs/package.json").version, cpu_s: [], wall_s: [] };
for (let round = 0; round < Number(rounds); round++) {
  const startCpu = process.cpuUsage();
  const startWall = performance.now();
  const counts = read(texts);
  const { user, system } = process.cpuUsage(startCpu);
  result.cpu_s.push((user + system) / 1e6);
  result.wall_s.push((performance.now() - startWall) / 1e3);
  result.notes = counts.reduce((sum, count) => sum + (count ?? 0), 0);
  result.failed = counts.filter((count) => count === null).length;
}
result.peak_mb = Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
console.log(JSON.stringify(result));
