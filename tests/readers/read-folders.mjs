// Reads the folders of write-folders.cs and compares: node read-folders.mjs FOLDER
import fs from "node:fs";
import path from "node:path";
import { parseSafetensorsMetadata } from "@huggingface/hub";
import { Tokenizer } from "@huggingface/tokenizers";
import { forward } from "./models.mjs";

const root = process.argv[2];
let worst = 0;
for (const name of fs.readdirSync(root).sort()) {
  const folder = path.join(root, name);
  if (!fs.existsSync(path.join(folder, "scores.json"))) continue;
  const config = JSON.parse(fs.readFileSync(path.join(folder, "config.json"), "utf8"));
  const weights = await readWeights(folder);
  const expected = JSON.parse(fs.readFileSync(path.join(folder, "scores.json"), "utf8"));
  const scores = forward(config, weights, expected.Ids);
  if (scores.length !== expected.Scores.length) throw new Error(`${name}: ${scores.length} scores instead of ${expected.Scores.length}`);
  const difference = Math.max(...scores.map((s, i) => Math.abs(s - expected.Scores[i])));
  const size = Math.max(...scores.map(Math.abs));
  console.log(`${name}: ${config.architectures[0]}, ${Object.keys(weights).length} tensors, largest score ${size.toFixed(3)}, largest difference ${difference.toExponential(2)}`);
  worst = Math.max(worst, difference);
}
if (!(worst < 1e-9)) throw new Error("scores differ");

for (const name of fs.readdirSync(root).sort()) {
  const folder = path.join(root, name);
  if (!fs.existsSync(path.join(folder, "texts.json"))) continue;
  const tokenizer = new Tokenizer(JSON.parse(fs.readFileSync(path.join(folder, "tokenizer.json"), "utf8")), {});
  const texts = JSON.parse(fs.readFileSync(path.join(folder, "texts.json"), "utf8"));
  let equal = 0;
  for (const { Text, Ids } of texts) {
    const { ids } = tokenizer.encode(Text);
    if (JSON.stringify(ids) === JSON.stringify(Ids)) equal++;
    else console.log(`${name}: ${JSON.stringify(Text)} is [${Ids}] here and [${ids}] there`);
  }
  console.log(`${name}: ${equal} of ${texts.length} texts have the same ids`);
  if (equal < texts.length) process.exitCode = 1;
}

// Hugging Face's own reader of headers, whose requests are answered from the folder.
async function readWeights(folder) {
  const answer = (bytes, all) => new Response(bytes, { status: 206, headers: { "Content-Range": `bytes 0-${bytes.length - 1}/${all}`, "Content-Length": `${bytes.length}`, ETag: '"x"' } });
  const fetch = async (url, init) => {
    const file = path.join(folder, path.basename(new URL(url).pathname));
    if (!fs.existsSync(file)) return new Response("", { status: 404, headers: { "X-Error-Code": "EntryNotFound" } });
    const bytes = fs.readFileSync(file), range = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("Range") ?? "");
    return answer(range ? bytes.subarray(+range[1], +range[2] + 1) : bytes, bytes.length);
  };
  const parsed = await parseSafetensorsMetadata({ repo: "local/model", fetch });
  const headers = parsed.sharded ? parsed.headers : { "model.safetensors": parsed.header };
  const weights = {};
  for (const [shard, header] of Object.entries(headers)) {
    if (header.__metadata__?.format !== "pt") throw new Error("the metadata lacks format: pt");
    const file = fs.readFileSync(path.join(folder, shard));
    const start = 8 + Number(file.readBigUInt64LE(0));
    for (const [name, entry] of Object.entries(header)) {
      if (name === "__metadata__") continue;
      const { dtype, shape, data_offsets: [from, to] } = entry;
      if (dtype !== "F32") throw new Error(`${name} is ${dtype}`);
      if (parsed.sharded && parsed.index.weight_map[name] !== shard) throw new Error(`${name} is in ${shard}, but not by the index`);
      weights[name] = { shape, data: Array.from({ length: (to - from) / 4 }, (_, i) => file.readFloatLE(start + from + 4 * i)) };
    }
  }
  const total = Object.values(weights).reduce((sum, w) => sum + 4 * w.data.length, 0);
  if (parsed.sharded && (parsed.index.metadata.total_size !== total || Object.keys(parsed.index.weight_map).length !== Object.keys(weights).length)) throw new Error("the index is not that of the files");
  return weights;
}
