using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Tests.Golden;

/// <summary>A training run on the data of a file: the loss and the gradient's norm of every step.</summary>
sealed record Curve(double[] Losses, double[] GradientNorms)
{
    public static Curve Train(Layer model, Optimizer optimizer, Tensor x, Tensor y, int steps, bool scoped = true)
    {
        var curve = new Curve(new double[steps], new double[steps]);
        for (int step = 0; step < steps; step++)
        {
            using Scope? scope = scoped ? Scope.Begin("step") : null;
            Tensor loss = model.Call(x).CrossEntropy(y);
            loss.Backward();
            curve.Losses[step] = loss.Item();
            curve.GradientNorms[step] = GradientClip.Norm(model.Parameters());
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return curve;
    }

    /// <summary>Starts from the weights that the file has under <c>init/</c>.</summary>
    public static void Load(Layer model, SafetensorsFile file) =>
        model.LoadState(file.Names.Where(n => n.StartsWith("init/", StringComparison.Ordinal)).ToDictionary(n => Path(n["init/".Length..]), file.Load));

    /// <summary><c>bn1.running_var</c> is called <c>Bn1.RunningVariance</c> here.</summary>
    public static string Path(string name) =>
        string.Concat(name.Replace("running_var", "running_variance", StringComparison.Ordinal).Split('.').Select((part, i) => (i == 0 ? "" : ".") + Pascal(part)));

    static string Pascal(string words) => string.Concat(words.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
