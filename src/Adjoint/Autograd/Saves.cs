using System.Numerics;

namespace Adjoint;

/// <summary>Which inputs and outputs of an operation a gradient reads: <c>Saves.Input(0) | Saves.Output(0)</c>.</summary>
public readonly record struct Saves
{
    readonly uint _inputs, _outputs;

    Saves(uint inputs, uint outputs) => (_inputs, _outputs) = (inputs, outputs);

    /// <summary>The gradient reads only the output's gradient.</summary>
    public static Saves Nothing => default;

    /// <summary>How many values are kept.</summary>
    public int Count => BitOperations.PopCount(_inputs) + BitOperations.PopCount(_outputs);

    /// <summary>An input, one of the first 32.</summary>
    public static Saves Input(int index) => new(1u << Checked(index), 0);

    /// <summary>An output, one of the first 32, hidden ones included.</summary>
    public static Saves Output(int index) => new(0, 1u << Checked(index));

    /// <summary>Both.</summary>
    public static Saves operator |(Saves a, Saves b) => new(a._inputs | b._inputs, a._outputs | b._outputs);

    internal bool HasInput(int index) => index < 32 && (_inputs & (1u << index)) != 0;
    internal bool HasOutput(int index) => index < 32 && (_outputs & (1u << index)) != 0;

    static int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 32);
        return index;
    }
}
