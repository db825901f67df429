using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

// Activations that have no settings.

[Kind("relu", "max(x, 0).")]
internal sealed record ReluLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Relu();
}

[Kind("relu6", "min(max(x, 0), 6).")]
internal sealed record Relu6Layer : LayerRecipe
{
    public override Layer Build(Generator random) => new Relu6();
}

[Kind("selu", "The scaled ELU.")]
internal sealed record SeluLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Selu();
}

[Kind("silu", "x·sigmoid(x).")]
internal sealed record SiluLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Silu();
}

[Kind("mish", "x·tanh(softplus(x)).")]
internal sealed record MishLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Mish();
}

[Kind("softplus", "ln(1 + exp(x)).")]
internal sealed record SoftplusLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Softplus();
}

[Kind("hard-swish", "x·clamp(x + 3, 0, 6)/6.")]
internal sealed record HardSwishLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new HardSwish();
}

[Kind("tanh", "tanh(x).")]
internal sealed record TanhLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Tanh();
}

[Kind("sigmoid", "1/(1 + exp(−x)).")]
internal sealed record SigmoidLayer : LayerRecipe
{
    public override Layer Build(Generator random) => new Sigmoid();
}
