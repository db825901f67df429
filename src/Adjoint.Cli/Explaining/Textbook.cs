using Adjoint.Nn;

namespace Adjoint.Cli.Explaining;

/// <summary>The network that is explained where none is named: two inputs, two hidden units, two outputs, sigmoid.</summary>
/// <remarks>Its numbers are those of Matt Mazur, "A Step by Step Backpropagation Example" (2015), so that they can be followed there with a pocket calculator.</remarks>
internal static class Textbook
{
    public const double LearningRate = 0.5;

    public static IReadOnlyList<double> Input { get; } = [0.05, 0.10];

    public static IReadOnlyList<double> Target { get; } = [0.01, 0.99];

    public static Lesson Lesson(Tensor? input, Tensor? target) => new(
        "a network of 2 inputs, 2 hidden units and 2 outputs, with sigmoid",
        new Network(),
        input ?? Tensor.From([.. Input], [1, 2]),
        target ?? Tensor.From([.. Target], [1, 2]),
        "half the sum of squared errors",
        (y, t) => y.MseLoss(t, Reduction.Sum) * 0.5);

    sealed class Network : Layer
    {
        public Linear Hidden { get; } = new(Tensor.From([0.15, 0.20, 0.25, 0.30], [2, 2]), Tensor.From([0.35, 0.35]));

        public Linear Output { get; } = new(Tensor.From([0.40, 0.45, 0.50, 0.55], [2, 2]), Tensor.From([0.60, 0.60]));

        protected override Tensor Forward(Tensor x) => Output.Call(Hidden.Call(x).Sigmoid()).Sigmoid();
    }
}
