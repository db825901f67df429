namespace Adjoint.Formats;

/// <summary>An open safetensors file: its header, and its tensors on request.</summary>
/// <remarks>
/// <para>Elements go from the file into the tensor's own memory, and nothing else is allocated, however large the file. It is read and not
/// mapped: a mapped file that is cut short ends the program, where a read tells (docs/decisions/011-reading-weights.md).</para>
/// <para>Safe for use by several threads. Disposing of it closes the file; a forgotten one is closed when it is collected.</para>
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    const int PieceBytes = 1 << 26;

    readonly Stream _stream;
    readonly string _name;
    readonly long _dataStart;
    readonly Dictionary<string, SafetensorsEntry> _entries = [];
    readonly Lock _gate = new();

    internal SafetensorsFile(Stream stream, string name, SafetensorsHeader header)
    {
        (_stream, _name, _dataStart) = (stream, name, header.DataStart);
        foreach (SafetensorsEntry entry in header.Entries) _entries.Add(entry.Name, entry);
        Names = [.. header.Entries.Select(e => e.Name)];
        Metadata = header.Metadata;
    }

    /// <summary>The names of the tensors, in the header's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The header's free text.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Shape and element type of a tensor, without reading it.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    public Spec Spec(string name) => Entry(name).Spec;

    /// <summary>Reads a tensor into memory of its own; its <see cref="Tensor.Name"/> is set.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="FormatException">The file became shorter since it was opened, or a truth value is neither 0 nor 1.</exception>
    public Tensor Load(string name)
    {
        SafetensorsEntry entry = Entry(name);
        Tensor tensor = Tensor.Allocate(entry.Spec.Shape, entry.Spec.DType);
        if (!tensor.IsShapeOnly) Fill(tensor, entry);
        tensor.Name = name;
        return tensor;
    }

    /// <summary>Reads a tensor into an existing one of the same shape and element type: parameters keep their identity, and nothing is allocated.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of this name.</exception>
    /// <exception cref="ShapeException">The shapes differ, or the target is strided.</exception>
    /// <exception cref="DTypeException">The element types differ.</exception>
    /// <exception cref="GraphException">The target requires a gradient while operations are recorded.</exception>
    /// <inheritdoc cref="Load" path="/exception[@cref='FormatException']"/>
    public void LoadInto(string name, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        SafetensorsEntry entry = Entry(name);
        if (entry.Spec.Shape != target.Shape) throw new ShapeException($"safetensors: the target must have the tensor's shape, but {name.Quoted()} in {_name.Quoted()} is {entry.Spec.Shape} and the target is {target.Shape}.");
        if (entry.Spec.DType != target.DType) throw new DTypeException($"safetensors: the target must have the tensor's element type, but {name.Quoted()} in {_name.Quoted()} is {entry.Spec.DType} and the target is {target.DType}.");
        if (!target.IsContiguous) throw new ShapeException($"safetensors: the target's elements must lie in order without gaps, but the target for {name.Quoted()} is strided.");
        target.BeginWrite("safetensors");
        Fill(target, entry);
    }

    /// <summary>Reads every tensor, in the header's order.</summary>
    /// <inheritdoc cref="Load" path="/exception[@cref='FormatException']"/>
    public IReadOnlyDictionary<string, Tensor> LoadAll()
    {
        var all = new OrderedDictionary<string, Tensor>(Names.Count);
        foreach (string name in Names) all.Add(name, Load(name));
        return all;
    }

    /// <summary>Closes the file; tensors that were loaded stay.</summary>
    public void Dispose() => _stream.Dispose();

    SafetensorsEntry Entry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _entries.TryGetValue(name, out SafetensorsEntry entry) ? entry
            : throw new KeyNotFoundException($"safetensors: a tensor must be in the file to be read, but {name.Quoted()} is not among the {_entries.Count} of {_name.Quoted()}.");
    }

    unsafe void Fill(Tensor target, in SafetensorsEntry entry)
    {
        long bytes = entry.End - entry.Begin;
        byte* data = (byte*)target.Data;
        lock (_gate)
        {
            _stream.Position = _dataStart + entry.Begin;
            for (long done = 0; done < bytes; done += PieceBytes)
            {
                var piece = new Span<byte>(data + done, (int)Math.Min(PieceBytes, bytes - done));
                if (_stream.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false) < piece.Length)
                    throw new FormatException($"safetensors: a file must stay whole while it is open, but {_name.Quoted()} ends within {entry.Name.Quoted()}.");
                if (entry.Spec.DType == DType.Bool && piece.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and int at)
                    throw new FormatException($"safetensors: truth values must be 0 or 1, but element {done + at} of {entry.Name.Quoted()} in {_name.Quoted()} is {piece[at]}.");
            }
        }

        GC.KeepAlive(target);
    }
}
