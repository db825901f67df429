using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Adjoint.Nn;

/// <summary>The net under the walk: objects that it does not look into must not hide parameters or modules.</summary>
/// <remarks>
/// A module may know an object that knows the module again, or a closure over layers that are fields as well: so objects are
/// only collected during the walk, and what they hold is compared with what was found when it is over.
/// </remarks>
internal sealed class StrayState
{
    readonly List<(object Value, string Where)> _suspects = [];

    /// <summary>Remembers an object of no known kind.</summary>
    /// <exception cref="GraphException">It is a container of tensors or modules by its very type.</exception>
    public void Suspect(object value, string where)
    {
        if (value is not Delegate && Mentions(value.GetType()))
            throw new GraphException($"module: tensors and modules are found in fields, arrays, lists, dictionaries and tuples, but {where} is a {Describe(value.GetType())}. Hint: use one of those, or mark the field [Transient].");
        if (value is Delegate || IsForeign(value.GetType())) _suspects.Add((value, where));
    }

    /// <exception cref="GraphException">An object holds a parameter, a buffer or a module that the walk did not reach.</exception>
    public void Check(HashSet<object> reached)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach ((object value, string where) in _suspects) Search(value, where, reached, seen);
    }

    static void Search(object value, string where, HashSet<object> reached, HashSet<object> seen)
    {
        if (value is Delegate function)
        {
            foreach (Delegate one in function.GetInvocationList()) if (one.Target is { } target) Search(target, where, reached, seen);
            return;
        }

        if (value is Module or Tensor { IsParameter: true } or Tensor { IsBuffer: true })
        {
            if (reached.Contains(value)) return;
            string what = value is Tensor { Name: { } name } ? $"parameter or buffer '{name}'" : value is Tensor ? "a parameter or buffer" : $"a {value.GetType().Name}";
            throw new GraphException($"module: what a module trains and saves is found through its fields, but {what} is held only by an object or closure in {where}. Hint: keep it in a field of the module, in an array, list, dictionary or tuple.");
        }

        if (value is System.Collections.IEnumerable and System.Collections.IList list && Mentions(value.GetType()))
        {
            foreach (object? item in list) if (item is not null) Search(item, where, reached, seen);
            return;
        }

        if (!IsForeign(value.GetType()) || !seen.Add(value)) return;
        foreach (object inner in Contents(value)) Search(inner, where, reached, seen);
    }

    /// <summary>The framework's own types and this library's (formulas, shapes, settings) hold no module's state.</summary>
    static bool IsForeign(Type type) =>
        !type.IsPrimitive && !type.IsEnum && type.Assembly != typeof(Module).Assembly && type.Assembly != typeof(object).Assembly
        && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A check that helps during development; where fields were trimmed away it finds less.")]
    static IEnumerable<object> Contents(object value) => value.GetType()
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(f => !f.FieldType.IsPrimitive && !f.FieldType.IsPointer)
        .Select(f => f.GetValue(value))
        .OfType<object>();

    static bool Mentions(Type type) =>
        type.IsAssignableTo(typeof(Module)) || type == typeof(Tensor)
        || (type.IsArray && Mentions(type.GetElementType()!))
        || (type.IsGenericType && Array.Exists(type.GetGenericArguments(), Mentions));

    static string Describe(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Describe))}>" : name;
    }
}
