// GPT-2, Llama and Mistral as Hugging Face's modeling_gpt2.py, modeling_llama.py and modeling_mistral.py compute them, in plain loops over double precision: ids of one row to scores.
export const forward = (config, weights, ids) => (config.model_type === "gpt2" ? gpt : llama)(config, weights, ids);

function gpt(c, w, ids) {
  const get = (name) => w[`transformer.${name}`];
  // Conv1D: weight [inputs, outputs].
  const conv = (x, name) => {
    const { shape: [, outputs], data } = get(`${name}.weight`), bias = get(`${name}.bias`).data;
    return x.map((row) => Array.from({ length: outputs }, (_, o) => row.reduce((sum, v, i) => sum + v * data[i * outputs + o], bias[o])));
  };
  const norm = (x, name) => x.map((row) => {
    const mean = row.reduce((a, b) => a + b) / row.length, variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
    return row.map((v, i) => (v - mean) / Math.sqrt(variance + c.layer_norm_epsilon) * get(`${name}.weight`).data[i] + get(`${name}.bias`).data[i]);
  });
  const gelu = (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
  const width = c.n_embd;
  let x = ids.map((id, t) => row(get("wte.weight"), id).map((v, i) => v + row(get("wpe.weight"), t)[i]));
  for (let l = 0; l < c.n_layer; l++) {
    const qkv = conv(norm(x, `h.${l}.ln_1`), `h.${l}.attn.c_attn`);
    const [q, k, v] = [0, 1, 2].map((part) => qkv.map((r) => r.slice(part * width, (part + 1) * width)));
    x = add(x, conv(attend(q, k, v, c.n_head, c.n_head), `h.${l}.attn.c_proj`));
    x = add(x, conv(conv(norm(x, `h.${l}.ln_2`), `h.${l}.mlp.c_fc`).map((r) => r.map(gelu)), `h.${l}.mlp.c_proj`));
  }
  return linear(norm(x, "ln_f"), get("wte.weight")).flat();
}

function llama(c, w, ids) {
  const get = (name) => w[`model.${name}`];
  const norm = (x, name) => x.map((r) => {
    const scale = 1 / Math.sqrt(r.reduce((a, b) => a + b * b, 0) / r.length + c.rms_norm_eps);
    return r.map((v, i) => v * scale * get(`${name}.weight`).data[i]);
  });
  const size = c.hidden_size / c.num_attention_heads, half = size / 2;
  const frequencies = Array.from({ length: half }, (_, i) => slowed(c.rope_theta ** (-2 * i / size), c.rope_scaling));
  // rotate_half: x·cos + (−second half, first half)·sin.
  const rope = (x) => x.map((r, t) => r.map((v, i) => {
    const at = i % size, angle = t * frequencies[at % half], other = at < half ? -r[i + half] : r[i - half];
    return v * Math.cos(angle) + other * Math.sin(angle);
  }));
  const silu = (v) => v / (1 + Math.exp(-v));
  let x = ids.map((id) => row(get("embed_tokens.weight"), id));
  for (let l = 0; l < c.num_hidden_layers; l++) {
    const name = `layers.${l}`, h = norm(x, `${name}.input_layernorm`);
    const [q, k, v] = ["q", "k", "v"].map((p) => linear(h, get(`${name}.self_attn.${p}_proj.weight`)));
    x = add(x, linear(attend(rope(q), rope(k), v, c.num_attention_heads, c.num_key_value_heads, c.sliding_window), get(`${name}.self_attn.o_proj.weight`)));
    const g = norm(x, `${name}.post_attention_layernorm`), up = linear(g, get(`${name}.mlp.up_proj.weight`));
    const gated = linear(g, get(`${name}.mlp.gate_proj.weight`)).map((r, t) => r.map((v, i) => silu(v) * up[t][i]));
    x = add(x, linear(gated, get(`${name}.mlp.down_proj.weight`)));
  }
  return linear(norm(x, "norm"), c.tie_word_embeddings ? get("embed_tokens.weight") : w["lm_head.weight"]).flat();
}

// _compute_llama3_parameters
function slowed(frequency, s) {
  if (!s) return frequency;
  const wavelength = 2 * Math.PI / frequency, old = s.original_max_position_embeddings;
  if (wavelength < old / s.high_freq_factor) return frequency;
  if (wavelength > old / s.low_freq_factor) return frequency / s.factor;
  const smooth = (old / wavelength - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor);
  return (1 - smooth) * frequency / s.factor + smooth * frequency;
}

// A token sees the last so many, itself included.
function attend(q, k, v, heads, shared, window = Infinity) {
  const size = q[0].length / heads;
  return q.map((_, t) => Array.from({ length: heads }, (_, h) => {
    const from = Math.floor(h / (heads / shared)) * size;
    const scores = Array.from({ length: t + 1 }, (_, s) => Array.from({ length: size }, (_, d) => q[t][h * size + d] * k[s][from + d]).reduce((a, b) => a + b) / Math.sqrt(size));
    for (let s = 0; s <= t - window; s++) scores[s] = -Infinity;
    const most = Math.max(...scores), e = scores.map((s) => Math.exp(s - most)), sum = e.reduce((a, b) => a + b);
    return Array.from({ length: size }, (_, d) => e.reduce((a, p, s) => a + p / sum * v[s][from + d], 0));
  }).flat());
}

const row = ({ shape, data }, i) => data.slice(i * shape[1], (i + 1) * shape[1]);
const add = (x, y) => x.map((r, t) => r.map((v, i) => v + y[t][i]));
const linear = (x, { shape: [outputs, inputs], data }) => x.map((r) => Array.from({ length: outputs }, (_, o) => r.reduce((sum, v, i) => sum + v * data[o * inputs + i], 0)));
