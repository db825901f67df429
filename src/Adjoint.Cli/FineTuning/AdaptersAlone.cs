using Adjoint.Nn;

namespace Adjoint.Cli.FineTuning;

/// <summary>A model around which only the adapters are seen: they alone are trained, copied as the best so far, and watched, while what they hang at computes.</summary>
/// <remarks>The model itself stays in evaluation: a GPT-2's own dropout is off, and what is dropped is what the adapters say.</remarks>
internal sealed class AdaptersAlone : Layer
{
    [Transient]
    readonly Layer _model;

    [Inline]
    readonly Dictionary<string, LoraAdapter> _adapters;

    public AdaptersAlone(Layer model)
    {
        model.Eval();
        _model = model;
        _adapters = Lora.Layers(model).ToDictionary(l => l.Path, l => l.Adapter);
        // They were made as their layers are: in evaluation.
        Train();
    }

    protected override Tensor Forward(Tensor x) => _model.Call(x);
}
