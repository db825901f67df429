using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Adjoint.Bench.TorchSharp;

/// <summary>GPT-2 as its users write it with the peer: fused attention, tanh GELU, head tied to the token table.</summary>
internal sealed class Gpt : Module<Tensor, Tensor>
{
    readonly Embedding wte, wpe;
    readonly ModuleList<Block> h;
    readonly LayerNorm ln_f;

    public Gpt(int layers, int heads, long width, long vocabulary, long context) : base("gpt")
    {
        wte = Embedding(vocabulary, width);
        wpe = Embedding(context, width);
        h = new([.. Enumerable.Range(0, layers).Select(_ => new Block(heads, width))]);
        ln_f = LayerNorm(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = wte.call(ids) + wpe.weight![..(int)ids.shape[1]];
        foreach (Block block in h) x = block.call(x);
        return functional.linear(ln_f.call(x), wte.weight!).MoveToOuterDisposeScope();
    }

    internal sealed class Block : Module<Tensor, Tensor>
    {
        readonly LayerNorm ln_1, ln_2;
        readonly Linear c_attn, c_proj, c_fc, c_mlp_proj;
        readonly int _heads;

        public Block(int heads, long width) : base("block")
        {
            _heads = heads;
            ln_1 = LayerNorm(width);
            c_attn = Linear(width, 3 * width);
            c_proj = Linear(width, width);
            ln_2 = LayerNorm(width);
            c_fc = Linear(width, 4 * width);
            c_mlp_proj = Linear(4 * width, width);
            // In the order of the pages above, which is the order of the initial values.
            register_module("ln_1", ln_1);
            register_module("c_attn", c_attn);
            register_module("c_proj", c_proj);
            register_module("ln_2", ln_2);
            register_module("c_fc", c_fc);
            register_module("c_mlp_proj", c_mlp_proj);
        }

        public override Tensor forward(Tensor x)
        {
            using DisposeScope scope = NewDisposeScope();
            long b = x.shape[0], t = x.shape[1], c = x.shape[2];
            Tensor[] qkv = [.. c_attn.call(ln_1.call(x)).split(c, 2).Select(s => s.view(b, t, _heads, c / _heads).transpose(1, 2))];
            Tensor y = functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_casual: true);
            x += c_proj.call(y.transpose(1, 2).contiguous().view(b, t, c));
            return (x + c_mlp_proj.call(functional.gelu(c_fc.call(ln_2.call(x)), global::TorchSharp.Modules.GELU.Approximate.tanh))).MoveToOuterDisposeScope();
        }
    }
}
