// Draws what app.py says is to be shown: value = {abc, note, findings}. Runs in gr.HTML, which gives `element`, `props` and `watch`.
// Texts come from anyone, so they go into the page as text, never as HTML.
const SMALLEST_STAFF = 280;

function draw() {
  const { abc, note, findings } = props.value;
  const [noteBox, scoreBox, list] = [".note", ".score", ".findings"].map((name) => element.querySelector(name));
  noteBox.textContent = note;
  list.replaceChildren(...findings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  scoreBox.replaceChildren();
  if (!abc) return;
  const staffwidth = Math.max(SMALLEST_STAFF, scoreBox.clientWidth - 40);
  const wrap = { minSpacing: 1.6, maxSpacing: 2.6, preferredMeasuresPerLine: 4 };
  try {
    ABCJS.renderAbc(scoreBox, abc, { responsive: "resize", staffwidth, wrap, paddingleft: 8, paddingright: 8 });
  } catch (error) {
    noteBox.textContent = "This music cannot be drawn here; its figures are right all the same.";
  }
}

draw();
watch("value", draw);
