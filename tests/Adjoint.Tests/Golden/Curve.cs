using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Golden;

/// <summary>A training run on the data of a file: the loss and the gradient's norm of every step.</summary>
sealed record Curve(double[] Losses, double[] GradientNorms)
{
    static readonly Dictionary<string, string> Longer = new()
    {
        ["running_var"] = "RunningVariance",
        // GPT-2
        ["wte"] = "Tokens", ["wpe"] = "Positions", ["h"] = "Blocks", ["ln_f"] = "Norm", ["ln_1"] = "AttentionNorm", ["ln_2"] = "FeedForwardNorm",
        ["c_attn"] = "QueryKeyValue", ["c_proj"] = "AttentionOutput", ["c_fc"] = "FeedForwardInner", ["mlp_proj"] = "FeedForwardOutput",
        // Llama
        ["tok"] = "Tokens", ["layers"] = "Blocks", ["out"] = "Head", ["ffn_norm"] = "FeedForwardNorm", ["attn_norm"] = "AttentionNorm",
        ["wq"] = "Query", ["wk"] = "Key", ["wv"] = "Value", ["wo"] = "AttentionOutput", ["w1"] = "Gate", ["w2"] = "Down", ["w3"] = "Up",
    };

    /// <summary>Trains by cross entropy on scores whose last axis is the classes.</summary>
    public static Curve Train(Layer model, Optimizer optimizer, Tensor x, Tensor y, int steps, bool scoped = true, LearningRateSchedule? schedule = null, double? maxNorm = null)
    {
        var curve = new Curve(new double[steps], new double[steps]);
        for (int step = 0; step < steps; step++)
        {
            using Scope? scope = scoped ? Scope.Begin("step") : null;
            Tensor loss = model.Call(x).Flatten(0, -2).CrossEntropy(y.Flatten());
            loss.Backward();
            curve.Losses[step] = loss.Item();
            curve.GradientNorms[step] = GradientClip.ByNorm(model.Parameters(), maxNorm ?? double.PositiveInfinity);
            optimizer.Step();
            schedule?.Step();
            optimizer.ZeroGrad();
        }

        return curve;
    }

    /// <summary>Starts from the weights that the file has under <c>init/</c>.</summary>
    public static void Load(Layer model, SafetensorsFile file) =>
        model.LoadState(file.Names.Where(n => n.StartsWith("init/", StringComparison.Ordinal)).ToDictionary(n => Path(n["init/".Length..]), file.Load));

    /// <summary>Compares every number of a run, and the weights after it, with the file's.</summary>
    public void Check(Layer model, SafetensorsFile file)
    {
        Agree(file, "losses", Losses);
        Agree(file, "grad_norms", GradientNorms);
        OrderedDictionary<string, Tensor> state = model.State();
        string[] final = [.. file.Names.Where(n => n.StartsWith("final/", StringComparison.Ordinal))];
        Assert.Equal(state.Count, final.Length);
        foreach (string name in final) Agree(file, name, state[Path(name["final/".Length..])].Detach().ToArray<double>());
    }

    public static void Agree(SafetensorsFile file, string name, double[] actual)
    {
        Plain expected = Plain.From(file.Load(name));
        double error = Adjoint.Ops.OperationCheck.Error([Tensor.From(actual, expected.Shape)], [expected]);
        Assert.True(error <= 1e-9, $"{name}: relative error {error:0.0e+0}");
    }

    /// <summary><c>bn1.running_var</c> is called <c>Bn1.RunningVariance</c> here, and a part of a language model by a longer name.</summary>
    public static string Path(string name) => string.Join('.', name.Split('.').Select(part => Longer.GetValueOrDefault(part, Pascal(part)))) + (IsBareNorm(name) ? ".Weight" : "");

    static bool IsBareNorm(string name) => name.EndsWith("norm", StringComparison.Ordinal);

    static string Pascal(string words) => string.Concat(words.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
