namespace Adjoint.Optim;

/// <summary>One parameter with what the optimizer remembers about it.</summary>
public sealed class Slot
{
    internal Slot(Tensor parameter, string name, ParameterGroup group) => (Parameter, Name, Group) = (parameter, name, group);

    /// <summary>What is trained.</summary>
    public Tensor Parameter { get; }

    /// <summary>The parameter's name, or its number where it has none: the key of its states.</summary>
    public string Name { get; }

    /// <summary>Learning rate and weight decay.</summary>
    public ParameterGroup Group { get; }

    /// <summary>How many steps this parameter has taken; the optimizer counts them.</summary>
    public long Steps { get; set; }

    /// <summary>The backward pass that the last step's gradient came from; 0 before.</summary>
    internal long LastPass { get; set; }

    /// <summary>The state tensors, in <see cref="StateType"/>; empty before the first step.</summary>
    public IReadOnlyList<Tensor> States => Tensors;

    internal Tensor[] Tensors { get; set; } = [];

    /// <summary>Whether the state tensors are there.</summary>
    internal bool IsPrepared { get; set; }

    /// <summary>Half types would lose small changes: their states are kept in F32.</summary>
    public DType StateType => Parameter.DType.Compute;
}
