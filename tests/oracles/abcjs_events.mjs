// Plays ABC with abcjs, without sound or screen: a JSON pair of text and tune number on each line of the input, an answer on each line of the output.
//
//     ABCJS_FROM=$PWD/.oracles node tests/oracles/abcjs_events.mjs
//
// Tempo changes are taken out of the music before it is played, since abcjs stretches its times by them; so are the signs whose sound
// the standard leaves open: decorations, grace notes, chord symbols.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const abcjs = createRequire(process.env.ABCJS_FROM + "/")("abcjs");
const plain = (warning) => warning.replace(/<[^>]*>/g, "");

function withoutOpenSigns(tune) {
  const tempos = tune.metaText.tempo ? [tune.metaText.tempo] : [];
  for (const line of tune.lines)
    for (const staff of line.staff ?? [])
      for (let i = 0; i < staff.voices.length; i++) {
        tempos.push(...staff.voices[i].filter((element) => element.el_type === "tempo"));
        staff.voices[i] = staff.voices[i].filter((element) => element.el_type !== "tempo");
        for (const element of staff.voices[i]) {
          delete element.decoration;
          delete element.gracenotes;
        }
      }
  return tempos.map(({ bpm, duration }) => [bpm ?? null, duration ? duration.reduce((sum, beat) => sum + beat, 0) : null]);
}

function answer([abc, number]) {
  const tune = abcjs.parseOnly(abc)[number];
  if (!tune) return { notes: [], tempos: [], programs: [], complaints: ["no tune"] };
  const tempos = withoutOpenSigns(tune);
  const { tracks } = tune.setUpAudio({ chordsOff: true });
  const notes = tracks.flat().filter((event) => event.cmd === "note");
  return {
    notes: notes.map(({ start, duration, pitch }) => [start, duration, pitch]),
    tempos,
    programs: tracks.flat().filter((event) => event.cmd === "program").map((event) => event.instrument),
    complaints: (tune.warnings ?? []).map(plain),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = answer(JSON.parse(line));
  } catch (error) {
    told = { notes: [], tempos: [], programs: [], complaints: ["it throws: " + error.message] };
  }
  process.stdout.write(JSON.stringify(told) + "\n");
}
