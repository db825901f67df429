namespace Adjoint;

/// <summary>A value kept for the backward pass: a hold on the memory, and the version it had.</summary>
internal readonly struct SavedTensor
{
    readonly Storage _storage;
    readonly Tensor? _mapped;       // inside Vmap: the value with its items, which may belong to a graph of their own
    readonly Shape _shape;
    readonly long[] _strides;
    readonly long _offset;
    readonly DType _dtype;
    readonly int _version;
    readonly bool _isConstant;
    readonly string? _name;

    public SavedTensor(int position, Tensor tensor)
    {
        Position = position;
        _mapped = tensor.Level is null ? null : tensor.Alias(owned: false);
        _storage = tensor.Memory.Retain();
        (_shape, _strides, _offset, _dtype) = (tensor.Shape, tensor.Strides, tensor.Offset, tensor.DType);
        (_version, _name, _isConstant) = (_storage.Version, tensor.Name, tensor.IsConstant);
    }

    /// <summary>Which value of the operation: inputs count from 0, outputs go on from there.</summary>
    public int Position { get; }

    /// <summary>The memory that is held.</summary>
    public Storage Memory => _storage;

    public long Bytes => _shape.Elements * _dtype.Bytes;

    public void Release()
    {
        _mapped?.Release();
        _storage.Release();
    }

    public Tensor Unpack(Node node, GraphNode? source, int slot)
    {
        if (_storage.Version != _version)
            throw new GraphException($"backward: {node.Op.Name} saved {Describe(node, Position)}{(_name is null ? "" : $" '{_name}'")} {_shape} for its gradient, but it was overwritten in place afterwards (version {_version}, now {_storage.Version}). Hint: write in place after the backward pass, or to a copy.");
        Tensor tensor = _mapped?.Alias() ?? new Tensor(_storage.Retain(), _offset, _shape, _strides, _dtype);
        (tensor.Name, tensor.IsConstant) = (_name, _isConstant);
        if (GradMode.IsRecording && source is not null) tensor.Connect(source, slot);
        return tensor;
    }

    public static string Describe(Node node, int position) =>
        position < node.Inputs.Length ? $"input {position}" : $"output {position - node.Inputs.Length}";
}
