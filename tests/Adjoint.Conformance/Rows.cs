namespace Adjoint.Conformance;

/// <summary>What an operation of the format does with a case's inputs and settings.</summary>
public delegate Tensor[] Meaning(Tensor[] inputs, Settings settings);

/// <summary>Short ways to write a row of the tables.</summary>
static class Rows
{
    public static Meaning One(Func<Tensor, Tensor> function) => (x, _) => [function(x[0])];

    public static Meaning One(Func<Tensor, Settings, Tensor> function) => (x, s) => [function(x[0], s)];

    public static Meaning Two(Func<Tensor, Tensor, Tensor> function) => (x, _) => [function(x[0], x[1])];

    public static Meaning Two(Func<Tensor, Tensor, Settings, Tensor> function) => (x, s) => [function(x[0], x[1], s)];

    public static Meaning All(Func<Tensor[], Settings, Tensor> function) => (x, s) => [function(x, s)];

    public static Meaning Several(Func<Tensor, Settings, Tensor[]> function) => (x, s) => function(x[0], s);

    /// <summary>Over some axes, all when none is named.</summary>
    public static Meaning Over(Func<Tensor, int[], bool, Tensor> reduce) => (x, s) => [reduce(x[0], s.Integers("dim"), s.Flag("keepdim", false))];

    /// <summary>The input at a place, or null where the case has fewer.</summary>
    public static Tensor? At(this Tensor[] inputs, int index) => index < inputs.Length ? inputs[index] : null;
}
