namespace Adjoint.Ops;

/// <summary>What recurrent operations share: the checks of their operands, the steps through time.</summary>
internal static class Cells
{
    /// <summary>Checks the operands of a layer with some number of gates and gives the size of its state.</summary>
    public static long Check(string name, int gates, Tensor x, Tensor weightInput, Tensor weightHidden, Tensor? biasInput, Tensor? biasHidden, ReadOnlySpan<Tensor?> initial)
    {
        ArgumentNullException.ThrowIfNull(weightInput);
        ArgumentNullException.ThrowIfNull(weightHidden);
        Operands.FloatType(name, ["x", "weightInput", "weightHidden"], [x, weightInput, weightHidden]);
        if (x.Rank != 3 || x.Shape[1] == 0) throw new ShapeException($"{name}: x must be [B, T, I] with at least one time step, but it is {x.Shape}.");
        long size = weightHidden.Rank == 2 ? weightHidden.Shape[1] : -1;
        if (size < 0 || weightHidden.Shape[0] != gates * size) throw new ShapeException($"{name}: weightHidden must be {Axes(gates, "H")}, but it is {weightHidden.Shape}.");
        if (weightInput.Rank != 2 || weightInput.Shape[0] != gates * size || weightInput.Shape[1] != x.Shape[2])
            throw new ShapeException($"{name}: weightInput must be {Axes(gates, "I")}, but it is {weightInput.Shape}, x is {x.Shape} and weightHidden is {weightHidden.Shape}.");
        foreach (Tensor? bias in (ReadOnlySpan<Tensor?>)[biasInput, biasHidden])
            if (bias is not null && bias.Shape != [gates * size]) throw new ShapeException($"{name}: a bias must have one element for each row of weightHidden, but it is {bias.Shape} and weightHidden is {weightHidden.Shape}.");
        foreach (Tensor? state in initial)
            if (state is not null && state.Shape != [x.Shape[0], size]) throw new ShapeException($"{name}: an initial state must be [B, H], but it is {state.Shape}, x is {x.Shape} and weightHidden is {weightHidden.Shape}.");
        return size;
    }

    static string Axes(int gates, string columns) => $"[{(gates == 1 ? "" : gates)}H, {columns}]";

    /// <summary>One product for all time steps, <c>x·Wᵀ + b</c>, cut into [B, gates·H] for each of them.</summary>
    public static Tensor[] Projected(Tensor x, Tensor weight, Tensor? bias) => x.Transpose(0, 1).Linear(weight, bias).Unbind(0);

    /// <summary>Either, both or none.</summary>
    public static Tensor? Sum(Tensor? a, Tensor? b) => a is null ? b : b is null ? a : a + b;

    /// <summary>Visits the steps forward or backward in time, and gives the outputs in time's order as [B, T, H].</summary>
    public static Tensor Walk(Tensor[] steps, bool reverse, Func<Tensor, Tensor> step)
    {
        Tensor[] outputs = new Tensor[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            int t = reverse ? steps.Length - 1 - i : i;
            outputs[t] = step(steps[t]);
        }

        return Tensor.Stack(outputs, 1);
    }
}
