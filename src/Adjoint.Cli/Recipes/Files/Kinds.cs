using System.Reflection;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>The kinds of each family: every record of this assembly with a <see cref="KindAttribute"/>.</summary>
internal static class Kinds
{
    static readonly Type[] All = [.. typeof(Kinds).Assembly.GetTypes().Where(t => t.IsDefined(typeof(KindAttribute), inherit: false))];

    /// <summary>The families by the name that one of them has.</summary>
    public static IReadOnlyList<(string Name, Type Type)> Families { get; } =
        [.. typeof(Kinds).Assembly.GetTypes().Where(IsFamily).Select(t => (t.GetCustomAttribute<FamilyAttribute>(inherit: false)!.Name, t)).OrderBy(f => f.Name, StringComparer.Ordinal)];

    public static bool IsFamily(Type type) => type.IsDefined(typeof(FamilyAttribute), inherit: false);

    /// <summary>A family's kinds, by name.</summary>
    public static IReadOnlyList<(KindAttribute Kind, Type Type)> Of(Type family) =>
        [.. All.Where(t => t.IsSubclassOf(family)).Select(t => (t.GetCustomAttribute<KindAttribute>(inherit: false)!, t)).OrderBy(k => k.Item1.Name, StringComparer.Ordinal)];

    /// <summary>What recipes call the kind of a thing.</summary>
    public static string NameOf(object thing) => thing.GetType().GetCustomAttribute<KindAttribute>(inherit: false)!.Name;
}
