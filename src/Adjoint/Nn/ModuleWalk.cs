using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Adjoint.Nn;

/// <summary>One look through a module and everything in it; sets the names and paths as it goes.</summary>
internal sealed class ModuleWalk
{
    static readonly ConcurrentDictionary<Type, Place[]> PlacesOf = new();

    /// <summary>A field worth looking into, with the name it has in paths.</summary>
    sealed record Place(FieldInfo Field, string Name, bool IsInline);

    readonly string _prefix;
    readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<string> _names = [];
    readonly StrayState _strays = new();

    public ModuleWalk(Module root)
    {
        _prefix = root.KnownPath ??= "";
        Visit(root, "");
        _strays.Check(_seen);
    }

    public List<(string Name, Module Module)> Modules { get; } = [];

    /// <summary>Parameters and buffers.</summary>
    public List<(string Name, Tensor Tensor)> Tensors { get; } = [];

    public List<(string Name, Generator Generator)> Generators { get; } = [];

    /// <summary>Further names of tied tensors.</summary>
    public Dictionary<string, Tensor> Aliases { get; } = [];

    void Visit(Module module, string path)
    {
        if (!_seen.Add(module)) return;
        module.KnownPath = Join(_prefix, path);
        Modules.Add((path, module));
        foreach (Place place in PlacesOf.GetOrAdd(module.GetType(), static (_, m) => [.. Fields(m.GetType()).Select(f => new Place(f, NameOf(f), f.IsDefined(typeof(InlineAttribute), false)))], module))
            Look(place.Field.GetValue(module), place.IsInline ? path : Join(path, place.Name), place, module);
    }

    void Look(object? value, string path, Place place, Module owner)
    {
        switch (value)
        {
            case null or string or Type:
                break;
            case Tensor tensor:
                Add(tensor, path, place, owner);
                break;
            case Module module:
                Visit(module, path);
                break;
            case Generator generator:
                if (_seen.Add(generator)) Generators.Add((path, generator));
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) Look(tuple[i], Join(path, i), place, owner);
                break;
            case IDictionary dictionary when Holds(value):
                foreach (DictionaryEntry entry in dictionary) Look(entry.Value, Join(path, entry.Key), place, owner);
                break;
            case IList list when Holds(value):
                int index = 0;
                foreach (object? item in list) Look(item, Join(path, index++), place, owner);
                break;
            case IDictionary or IList:
                break;
            default:
                _strays.Suspect(value, Where(place, owner));
                break;
        }
    }

    void Add(Tensor tensor, string path, Place place, Module owner)
    {
        if (!tensor.IsParameter && !tensor.IsBuffer)
            throw new GraphException($"module: a tensor in a field is a parameter (AsParameter), a buffer (AsBuffer) or marked [Transient], but {Where(place, owner)} is none of them.");
        if (!_names.Add(path)) throw new GraphException($"module: names come from fields and must differ, but two tensors are called '{path}'.");
        if (!_seen.Add(tensor))
        {
            Aliases.Add(path, tensor);
            return;
        }

        tensor.Name = Join(_prefix, path);
        Tensors.Add((path, tensor));
    }

    /// <summary>Whether a container can hold modules or tensors at all; a million numbers need not be looked at.</summary>
    static bool Holds(object container)
    {
        Type type = container.GetType();
        if (type.IsArray) return CanHold(type.GetElementType()!);
        return !type.IsGenericType || Array.Exists(type.GetGenericArguments(), CanHold);
    }

    static bool CanHold(Type type) => !type.IsPrimitive && !type.IsEnum && type != typeof(string);

    /// <summary>The instance fields worth looking into, the oldest ancestor's first.</summary>
    /// <remarks>Every type between a module and <see cref="Module"/> derives from it and so keeps its fields by its annotation.</remarks>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Base types up to Module carry Module's annotation.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Base types up to Module carry Module's annotation.")]
    static IEnumerable<FieldInfo> Fields([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.AllFields)] Type type)
    {
        IEnumerable<FieldInfo> inherited = type.BaseType is { } parent && parent != typeof(Module) ? Fields(parent) : [];
        return inherited.Concat(type
            .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(f => CanHold(f.FieldType) && !f.FieldType.IsPointer && !f.IsDefined(typeof(TransientAttribute), false)));
    }

    /// <summary>The property's name for its backing field, the parameter's for one captured by a primary constructor; <c>_body</c> is <c>Body</c>.</summary>
    static string NameOf(FieldInfo field)
    {
        string name = field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name.TrimStart('_');
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    static string Where(Place place, Module owner) => $"'{place.Name}' of {owner.GetType().Name}";

    static string Join(string path, object name)
    {
        string text = Convert.ToString(name, CultureInfo.InvariantCulture) ?? "";
        return path.Length == 0 ? text : text.Length == 0 ? path : $"{path}.{text}";
    }
}
