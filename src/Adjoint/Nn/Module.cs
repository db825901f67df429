using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Nn;

/// <summary>Part of a model. A module is its fields: tensors and child modules in them are its state, and nothing needs to be registered.</summary>
/// <remarks>
/// <para>Found are tensors and modules in fields and properties, in arrays, lists, dictionaries and tuples, nested at will. A
/// tensor is a parameter (<see cref="Tensor.AsParameter"/>) or a buffer (<see cref="Tensor.AsBuffer"/>); a field that is
/// neither carries <see cref="TransientAttribute"/>. What would be missed silently is an error instead: a tensor that is
/// none of these, a container that is not looked into, a parameter that only a closure or an object of another kind holds.</para>
/// <para>The path through the fields is the name, in messages and in checkpoints: <c>Blocks.3.Attention.Query.Weight</c>.
/// <c>_body</c> counts as <c>Body</c>. A parameter reached by several paths (tied) counts once, under the first.</para>
/// </remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)]
public abstract class Module
{
    /// <summary>The path from the outermost module that was walked, empty for that module itself.</summary>
    [NotInPyTorch("Where the module stands in the model: `Body.2`.")]
    public string Path => KnownPath ?? "";

    /// <summary>Whether layers such as dropout and batch norm behave as in training; true at first.</summary>
    [PyTorch("torch.nn.Module.training")]
    public bool IsTraining { get; private set; } = true;

    /// <summary>The number of trainable and frozen numbers, tied ones counted once.</summary>
    [NotInPyTorch("The number of trainable and frozen values.")]
    public long ParameterCount => Parameters().Sum(p => p.Elements);

    bool _hasWarned;

    /// <summary>Null until the module was met on a walk, its own or that of a module around it.</summary>
    internal string? KnownPath { get; set; }

    /// <summary>All parameters, frozen ones too, each once, in the order of the fields (inherited ones first).</summary>
    /// <exception cref="GraphException">State that would be missed, see the remarks of <see cref="Module"/>.</exception>
    [PyTorch("torch.nn.Module.parameters", Differs = "A list.")]
    public IReadOnlyList<Tensor> Parameters()
    {
        var parameters = new List<Tensor>();
        foreach ((_, Tensor tensor) in Walk().Tensors) if (tensor.IsParameter) parameters.Add(tensor);
        return parameters;
    }

    /// <summary>All parameters with their paths from this module.</summary>
    /// <inheritdoc cref="Parameters"/>
    [PyTorch("torch.nn.Module.named_parameters")]
    public IReadOnlyList<(string Name, Tensor Tensor)> NamedParameters() => Walk().Tensors.FindAll(static t => t.Tensor.IsParameter);

    /// <summary>All buffers with their paths from this module.</summary>
    /// <inheritdoc cref="Parameters"/>
    [PyTorch("torch.nn.Module.named_buffers", "torch.nn.Module.buffers")]
    public IReadOnlyList<(string Name, Tensor Tensor)> NamedBuffers() => Walk().Tensors.FindAll(static t => !t.Tensor.IsParameter);

    /// <summary>This module and all modules in it, each once.</summary>
    /// <inheritdoc cref="Parameters"/>
    [PyTorch("torch.nn.Module.modules")]
    public IReadOnlyList<Module> Modules() => [.. Walk().Modules.Select(m => m.Module)];

    /// <summary>This module and all modules in it with their paths; this one's is empty.</summary>
    /// <inheritdoc cref="Parameters"/>
    [PyTorch("torch.nn.Module.named_modules")]
    public IReadOnlyList<(string Name, Module Module)> NamedModules() => Walk().Modules;

    /// <summary>The random streams in this module and those in it: with the state, all that a replay needs.</summary>
    /// <inheritdoc cref="Parameters"/>
    [NotInPyTorch("The random streams of dropout layers: part of what a resume needs.")]
    public IReadOnlyList<(string Name, Generator Generator)> NamedGenerators() => Walk().Generators;

    /// <summary>Switches this module and all in it to training behaviour.</summary>
    [PyTorch("torch.nn.Module.train")]
    public void Train(bool training = true)
    {
        foreach (Module module in Modules()) module.IsTraining = training;
    }

    /// <summary>Switches this module and all in it to evaluation: dropout passes everything, batch norm uses its running statistics.</summary>
    [PyTorch("torch.nn.Module.eval")]
    public void Eval() => Train(false);

    /// <summary>Stops wanting gradients of all parameters.</summary>
    [PyTorch("torch.nn.Module.requires_grad_", Differs = "`requires_grad_(False)`.")]
    public void Freeze()
    {
        foreach (Tensor parameter in Parameters()) parameter.Freeze();
    }

    /// <summary>Wants gradients of all parameters again.</summary>
    [PyTorch("torch.nn.Module.requires_grad_", Differs = "`requires_grad_(True)`.")]
    public void Unfreeze()
    {
        foreach (Tensor parameter in Parameters()) parameter.Unfreeze();
    }

    /// <summary>Stops wanting gradients of the parameters whose names match: <c>model.Freeze("Blocks.0.*")</c>.</summary>
    /// <param name="pattern">A name from this module on, in which <c>*</c> stands for any text, dots too, and <c>?</c> for one character.</param>
    /// <exception cref="ArgumentException">No parameter matches; the message has near names.</exception>
    public void Freeze(string pattern)
    {
        foreach (Tensor parameter in NamePattern.Select(this, pattern, "freeze")) parameter.Freeze();
    }

    /// <summary>Wants gradients of the parameters whose names match again.</summary>
    /// <inheritdoc cref="Freeze(string)"/>
    public void Unfreeze(string pattern)
    {
        foreach (Tensor parameter in NamePattern.Select(this, pattern, "unfreeze")) parameter.Unfreeze();
    }

    /// <summary>Converts parameters and floating-point buffers to another floating-point type, in place; gradients are dropped.</summary>
    /// <remarks>Call it between steps: a graph recorded before does not fit any more.</remarks>
    /// <exception cref="DTypeException">The type is not a floating-point type.</exception>
    [PyTorch("torch.nn.Module.to", "torch.nn.Module.half", "torch.nn.Module.bfloat16", "torch.nn.Module.double", Differs = "Types only.")]
    public void To(DType dtype)
    {
        if (!dtype.IsFloat) throw new DTypeException($"module: parameters need a floating-point type, but the type is {dtype}.");
        foreach ((_, Tensor tensor) in Walk().Tensors) if (tensor.DType.IsFloat) tensor.Become(dtype);
    }

    /// <summary>Drops the gradients of all parameters.</summary>
    [PyTorch("torch.nn.Module.zero_grad")]
    public void ZeroGrad()
    {
        foreach (Tensor parameter in Parameters()) if (parameter.IsLeaf) parameter.SetGrad(null);
    }

    /// <summary>Parameters and buffers by name, in the order of the fields. The tensors are the module's own, not copies.</summary>
    /// <inheritdoc cref="Parameters"/>
    [PyTorch("torch.nn.Module.state_dict", Differs = "Keys are the names of fields and properties: `Body.2.Weight`.")]
    public OrderedDictionary<string, Tensor> State()
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach ((string name, Tensor tensor) in Walk().Tensors) state.Add(name, tensor);
        return state;
    }

    /// <summary>Copies values into parameters and buffers, converting element types. Nothing is written unless everything fits.</summary>
    /// <param name="state">Tensors by name; a tied parameter may come under any of its names.</param>
    /// <param name="strict">Whether every name of either side must occur on the other.</param>
    /// <exception cref="ArgumentException">Names are missing or unexpected, or shapes differ; the message lists all of them.</exception>
    [PyTorch("torch.nn.Module.load_state_dict", Differs = "Nothing is written unless everything fits.")]
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        StateLoading.Run(Walk(), state, strict);
    }

    /// <summary>The kind and the number of parameters; then a line for each module in it: path, kind, tensors and their shapes.</summary>
    public override string ToString() => ModuleText.Of(this);

    /// <summary>Opens the scope of one call, named by this module's path; for modules whose call has a signature of its own.</summary>
    /// <example><code>
    /// using Scope scope = Enter();
    /// return scope.Keep(Decoder.Call(Encoder.Call(source), target));
    /// </code></example>
    protected Scope Enter()
    {
        if (KnownPath is null) _ = Walk();
        Type kind = GetType();
        return Scope.Begin(KnownPath is { Length: > 0 } path ? path : kind.Name, kind);
    }

    /// <summary>For layers that behave differently in training: warns, once a module, where training behaviour meets <see cref="NoGrad"/>.</summary>
    /// <returns><see cref="IsTraining"/>.</returns>
    protected bool BehavesAsInTraining()
    {
        if (IsTraining && GradMode.IsEvaluating && !_hasWarned)
        {
            _hasWarned = true;
            Warnings.Raise($"{Names.Snake(GetType().Name)}: without gradients a model is usually evaluated, but {(Path.Length > 0 ? $"'{Path}'" : "the module")} is in training mode. Hint: call Eval() on the model before and Train() after, or Trainer.Evaluate.");
        }

        return IsTraining;
    }

    internal ModuleWalk Walk() => new(this);
}

/// <summary>A field that is deliberately no part of the module's state: a cache, a reference to somebody else's tensors.</summary>
/// <example><code>[field: Transient] public Tensor? LastAttention { get; private set; }</code></example>
[AttributeUsage(AttributeTargets.Field)]
public sealed class TransientAttribute : Attribute;

/// <summary>A field whose own name does not appear in paths: the layers of a sequence are <c>0</c>, <c>1</c>, …</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class InlineAttribute : Attribute;
