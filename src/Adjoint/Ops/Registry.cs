using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Adjoint.Ops;

/// <summary>Every operation there is, found by looking: nobody edits a list.</summary>
[RequiresUnreferencedCode("Looks for types by reflection; for tests, benchmarks and tools.")]
[RequiresDynamicCode("Calls static members by reflection; for tests, benchmarks and tools.")]
public static class Registry
{
    /// <summary>All operations of the given assemblies (this library's when none is given), in order of name.</summary>
    public static IReadOnlyList<Type> Operations(params Assembly[] assemblies) =>
        [.. (assemblies.Length == 0 ? [typeof(Registry).Assembly] : assemblies)
            .SelectMany(a => a.GetTypes())
            // What a checkpoint records is no operation that anybody applies: it means what its function means.
            .Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract && t.DeclaringType != typeof(Checkpoint))
            .OrderBy(t => t.FullName, StringComparer.Ordinal)];

    /// <summary>All samples of all operations, made from one seed.</summary>
    public static IEnumerable<Sample> Samples(params Assembly[] assemblies) => Collect<Sample>(nameof(ISampled.Samples), assemblies);

    /// <summary>All wrong uses of all operations.</summary>
    public static IEnumerable<Misuse> Misuses(params Assembly[] assemblies) => Collect<Misuse>(nameof(ISampled.Misuses), assemblies);

    static IEnumerable<T> Collect<T>(string member, Assembly[] assemblies) =>
        Operations(assemblies)
            .Where(t => t.IsAssignableTo(typeof(ISampled)))
            .SelectMany(t => (IEnumerable<T>)Call.MakeGenericMethod(t, typeof(T)).Invoke(null, [member])!);

    static MethodInfo Call => typeof(Registry).GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!;

    // The seed is the same for every operation, so that adding one does not change the samples of the others.
    static IEnumerable<T> Of<TOp, T>(string member) where TOp : ISampled => member == nameof(ISampled.Samples)
        ? (IEnumerable<T>)TOp.Samples(new Generator(1))
        : (IEnumerable<T>)TOp.Misuses(new Generator(1));
}
