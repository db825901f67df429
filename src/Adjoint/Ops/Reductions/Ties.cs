namespace Adjoint.Ops;

/// <summary>What the largest and smallest elements' operations share.</summary>
internal static class Ties
{
    static readonly Formula Equal = Formula.Of((x, y) => x == y ? 1 : 0);
    static readonly Formula Part = Formula.Of((x, y, dy, count) => x == y ? dy / count : 0);

    /// <summary>dy divided equally among the elements of x that equal y.</summary>
    public static Tensor Share(Tensor x, Tensor y, Tensor dy, Axes over)
    {
        Tensor count = new Sum(over).Apply(new Map(Equal).Apply(x.Detach(), y.Detach()));
        return new Map(Part).Apply(x, y, dy, count);
    }

    /// <exception cref="ShapeException">There is no element to choose from.</exception>
    public static void CheckNotEmpty(string operation, Axes over, Shape shape)
    {
        if (over.Count(shape) == 0) throw new ShapeException($"{operation}: the reduced axes must not be empty, but they are {over.Over(shape)} and x is {shape}.");
    }
}
