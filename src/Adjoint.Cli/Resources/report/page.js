"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { run, watch, findings } = data;
  const at = id => document.getElementById(id);
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children.filter(c => c !== null && c !== undefined));
    return element;
  };

  // JSON has no word for what is not finite: such numbers come as text, or as null.
  const number = v => v === null || v === undefined ? NaN : Number(v === "Infinity" ? Infinity : v === "-Infinity" ? -Infinity : v);
  const numbers = list => list.map(number);
  const plottable = v => Number.isFinite(v) ? v : null;
  const short = v => !Number.isFinite(v) ? String(v) : v === 0 ? "0" : Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5 ? v.toExponential(2) : String(Number(v.toPrecision(4)));
  const percent = v => v === null || v === undefined ? "-" : (100 * v).toFixed(2) + " %";
  const time = s => s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min` : s >= 60 ? `${Math.floor(s / 60)} min ${Math.round(s) % 60} s` : `${s.toFixed(1)} s`;
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  document.title = `${run.recipe}: training report`;
  document.querySelector("h1").textContent = run.recipe;
  at("state").textContent = [run.end, run.started, run.environment?.processor, `Adjoint ${run.environment?.adjoint?.replace(/(\+.{7}).*/, "$1")}`].filter(Boolean).join(" · ");

  const tile = (value, label) => value && at("numbers").append(make("div", { className: "card" }, make("b", { textContent: value }), make("span", { textContent: label })));
  const epochs = watch.epochs, best = epochs.find(e => e.epoch === run.best_epoch), last = epochs.at(-1);
  const score = s => s?.loss === undefined ? null : s.accuracy === null || s.accuracy === undefined ? short(number(s.loss)) : percent(s.accuracy);
  const what = s => s?.accuracy === null || s?.accuracy === undefined ? "loss" : "accuracy";
  tile(score(run.test), `test ${what(run.test)}`);
  tile(score(run.validation ?? best?.validation), `validation ${what(run.validation ?? best?.validation)}`);
  tile(score(run.train ?? last?.train), `training ${what(run.train ?? last?.train)}`);
  tile(run.best_epoch && `${run.best_epoch} of ${epochs.length}`, "best epoch");
  tile(watch.steps.step.length && String(watch.steps.step.at(-1)), "steps");
  tile(run.seconds !== undefined && time(run.seconds), "time");
  tile(run.model?.parameters?.toLocaleString("en"), "parameters");

  for (const f of findings) {
    at("findings").append(make("div", { className: "card finding" }, make("b", { textContent: f.what }),
      make("dl", {}, make("dt", { textContent: "evidence" }), make("dd", { textContent: f.evidence }), make("dt", { textContent: "what usually helps" }), make("dd", { textContent: f.advice }))));
  }

  if (findings.length === 0) {
    at("findings").append(make("div", { className: "card healthy", textContent: watch.samples.length === 0 ? "Too early to say." : `Nothing unhealthy was seen in ${watch.steps.step.at(-1)} steps and ${watch.samples.length} close looks at the layers.` }));
  }

  // Curves.
  const charts = [], whole = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap(power => [1, 2, 5].map(n => n * 10 ** power));      // neither half steps nor half epochs
  function curve(title, x, xName, series, options = {}) {
    const known = series.filter(s => s.values.some(v => Number.isFinite(v)));
    if (known.length === 0 || x.length === 0) return;
    const box = make("figure", { className: "card", style: "margin:0" }, make("h3", { textContent: title }));
    at("curves").append(box);
    const draw = () => {
      box.querySelector(".uplot")?.remove();
      const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
      new uPlot({
        width: Math.max(260, box.clientWidth - 34), height: 240,
        scales: { x: { time: false }, y: options.log ? { distr: 3 } : { range: (u, lo, hi) => lo === hi ? [lo - Math.abs(lo || 1), hi + Math.abs(hi || 1)] : [lo - 0.05 * (hi - lo), hi + 0.05 * (hi - lo)] } },
        axes: [{ ...axis, incrs: whole }, { ...axis, size: 64, values: (u, ticks) => ticks.map(t => t === null ? "" : short(t)) }],
        series: [{ label: xName }, ...known.map(s => ({
          label: s.name, stroke: colour(s.colour), width: s.width ?? 2, alpha: s.alpha ?? 1, spanGaps: true,
          points: { show: x.length < 60 && !s.alpha }, value: (u, v) => v === null ? "-" : short(v),
        }))],
      }, [x, ...known.map(s => s.values.map(v => options.log && !(v > 0) ? null : plottable(v)))], box);
    };
    charts.push(draw);      // drawn when all cards have their places
  }

  // A mean over about a fiftieth of the curve, which ends where the curve ends.
  function smooth(values) {
    const half = Math.floor(values.length / 100), sums = [0];
    for (const v of values) sums.push(sums.at(-1) + (Number.isFinite(v) ? v : 0));
    return values.map((_, i) => {
      const near = Math.min(half, i, values.length - 1 - i);
      return (sums[i + near + 1] - sums[i - near]) / (2 * near + 1);
    });
  }

  const steps = watch.steps.step, loss = numbers(watch.steps.loss);
  curve("Loss of the training, by step", steps, "step", steps.length > 100
    ? [{ name: "loss", values: loss, colour: "--a", width: 1, alpha: 0.35 }, { name: "smoothed", values: smooth(loss), colour: "--a" }]
    : [{ name: "loss", values: loss, colour: "--a" }], { log: loss.every(v => v > 0) && Math.max(...loss) > 30 * Math.min(...loss) });
  const epoch = epochs.map(e => e.epoch), of = (part, key) => epochs.map(e => number(e[part]?.[key]));
  curve("Loss, by epoch", epoch, "epoch", [{ name: "training", values: of("train", "loss"), colour: "--a" }, { name: "validation", values: of("validation", "loss"), colour: "--b" }]);
  curve("Accuracy in %, by epoch", epoch, "epoch", [{ name: "training", values: of("train", "accuracy").map(v => 100 * v), colour: "--a" }, { name: "validation", values: of("validation", "accuracy").map(v => 100 * v), colour: "--b" }]);
  curve("Learning rate, by step", steps, "step", [{ name: "learning rate", values: numbers(watch.steps.learning_rate), colour: "--c" }]);
  const norms = numbers(watch.steps.gradient_norm), looked = steps.map((_, i) => i).filter(i => Number.isFinite(norms[i]));
  curve("Norm of all gradients, by step", looked.map(i => steps[i]), "step", [{ name: "norm", values: looked.map(i => norms[i]), colour: "--b" }], { log: true });
  const rate = epochs.map(e => e.train.rows / e.seconds);
  curve("Rows a second, validation included, by epoch", epoch, "epoch", [{ name: "rows a second", values: rate, colour: "--c" }]);

  // Heat maps.
  const mix = (stops, t) => {
    const place = Math.min(Math.max(t, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(place), stops.length - 2), part = place - i;
    return `rgb(${stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * part)).join(",")})`;
  };
  const sequential = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];      // viridis
  const diverging = [[33, 102, 172], [146, 197, 222], [247, 247, 247], [244, 165, 130], [178, 24, 43]];
  const tip = at("tip");

  function heat(title, note, rows, column, { log = false, low, high, stops = sequential, text = short }) {
    const picked = rows.map((name, i) => ({ name, values: watch.samples.map(s => number(s[column][i])) })).filter(r => r.values.some(v => Number.isFinite(v)));
    if (picked.length === 0) return;
    const scaled = v => log ? Math.log10(v) : v;
    const finite = picked.flatMap(r => r.values).map(scaled).filter(Number.isFinite).sort((a, b) => a - b);
    if (finite.length === 0) return;
    // The ends of the scale leave out a hundredth: one wild step must not make all others look alike.
    const from = low ?? finite[Math.floor(0.01 * finite.length)], to = high ?? Math.max(finite[Math.ceil(0.99 * finite.length) - 1], from + 1e-9);
    const height = picked.length > 40 ? 12 : 18, canvas = make("canvas", { height: picked.length * height, width: watch.samples.length });
    canvas.style.height = `${picked.length * height}px`;
    canvas.style.imageRendering = "pixelated";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${title}: ${picked.length} layers over ${watch.samples.length} samples`);
    const paint = canvas.getContext("2d");
    picked.forEach((row, r) => row.values.forEach((v, c) => {
      paint.fillStyle = Number.isFinite(scaled(v)) ? mix(stops, (scaled(v) - from) / (to - from)) : v === 0 && log ? mix(stops, 0) : "#888";
      paint.fillRect(c, r * height, 1, height - 1);
    }));
    const names = make("ol", {}, ...picked.map(r => make("li", { textContent: r.name, title: r.name, style: `height:${height}px;line-height:${height}px` })));
    const ends = make("div", { className: "axis" }, make("span", { textContent: `step ${watch.samples[0].step}` }), make("span", { textContent: `step ${watch.samples.at(-1).step}` }));
    const end = v => text(log ? 10 ** v : v);
    const bar = make("i", { style: `background:linear-gradient(90deg,${[0, 0.25, 0.5, 0.75, 1].map(t => mix(stops, t)).join(",")})` });
    at("maps").append(make("div", { className: "card map" }, make("h3", { textContent: title }), make("p", { className: "note", textContent: note }),
      make("div", { className: "frame" }, names, canvas, ends), make("div", { className: "scale" }, end(from), bar, end(to), log ? " (logarithmic)" : "")));
    canvas.addEventListener("mousemove", e => {
      const c = Math.min(Math.floor(e.offsetX / canvas.clientWidth * watch.samples.length), watch.samples.length - 1), r = Math.min(Math.floor(e.offsetY / height), picked.length - 1);
      if (c < 0 || r < 0) return;
      tip.textContent = `${picked[r].name}\nstep ${watch.samples[c].step}: ${text(picked[r].values[c])}`;
      tip.style.display = "block";
      tip.style.left = `${Math.min(e.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
      tip.style.top = `${e.clientY + 16}px`;
    });
    canvas.addEventListener("mouseleave", () => { tip.style.display = "none"; });
  }

  const parameters = watch.parameters.map(p => `${p.name} ${p.shape.join("×")}`), activations = watch.activations.map(a => a.name);
  if (watch.samples.length === 0) at("layers").remove();
  else {
    heat("Gradient norm", "Of each parameter, after clipping. Rows that fade towards the top: gradients vanish on their way back.", parameters, "gradient", { log: true });
    heat("Gradient that arrives at the layer", "The norm of ∂loss/∂(result of the layer), which does not depend on how large its weights or inputs are.", parameters, "signal", { log: true });
    heat("Update / weight", "How much a step changes a parameter, relative to its size. About 0.001 (white) is usual; red is fast, blue is slow.", parameters, "update", { log: true, low: -6, high: 0, stops: diverging });
    heat("Mean of activations", "Over the rows of a batch.", activations, "mean", {});
    heat("Standard deviation of activations", "One that falls from row to row: the signal dies on its way forward.", activations, "deviation", {});
    heat("Dead units", "The share of a rectifier's units that are zero for every row of a batch.", activations, "dead", { low: 0, high: 1, text: percent });
    heat("Saturation", "The share of results where a sigmoid or tanh has hardly any slope left.", activations, "saturated", { low: 0, high: 1, text: percent });
  }

  // Facts.
  function facts(title, pairs) {
    const known = pairs.filter(([, v]) => v !== null && v !== undefined && v !== "");
    if (known.length) at("facts").append(make("div", { className: "card" }, make("h3", { textContent: title }), make("table", {}, ...known.map(([k, v]) => make("tr", {}, make("td", { textContent: k }), make("td", { textContent: String(v) }))))));
  }

  // Nested settings become lines with paths: training.epochs.
  const flat = (object, path = "") => Object.entries(object ?? {}).flatMap(([k, v]) =>
    v !== null && typeof v === "object" && !(Array.isArray(v) && v.every(i => typeof i !== "object")) ? flat(v, `${path}${k}.`) : [[path + k, Array.isArray(v) ? v.join(", ") : v]]);
  facts("Settings", flat(run.settings));
  facts("Machine", flat(run.environment));
  facts("Model", (run.model?.architecture ?? "").split(", ").map(line => [line.split(" ")[0], line.split(" ").slice(1).join(" ")]));

  charts.forEach(draw => draw());
  let timer;
  const redraw = () => { clearTimeout(timer); timer = setTimeout(() => charts.forEach(draw => draw()), 80); };
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  document.documentElement.dataset.drawn = `${charts.length} curves, ${document.querySelectorAll("#maps canvas").length} maps`;
})();
