using System.Reflection;
using System.Text;

namespace Adjoint.Tests.Docs;

/// <summary>One row: what PyTorch calls it, how it is written here, and what is not the same.</summary>
sealed record Phrase(string Group, IReadOnlyList<string> Names, string Usage, string Remark)
{
    public string Line => $"| {string.Join("<br>", Names.Select(Code))} | {Code(Usage)} | {Remark} |";

    /// <summary>What readers look for: the last part of the first name.</summary>
    public string Key => Names.Count == 0 ? Usage : Names[0][(Names[0].LastIndexOf('.') + 1)..];

    static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
}

/// <summary>The rows of docs/coming-from-pytorch.md, from what the library's members say of themselves.</summary>
static class PhraseBook
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A public member or type, the block of extension members that holds it, and the type of the source that declares it.</summary>
    public sealed record Place(MemberInfo Member, Type? Block, Type Type)
    {
        public PyTorchAttribute? Phrase { get; } = Member.GetCustomAttribute<PyTorchAttribute>(inherit: false);

        public NotInPyTorchAttribute? None { get; } = Member.GetCustomAttribute<NotInPyTorchAttribute>(inherit: false);

        public bool Speaks => Phrase is not null || None is not null;

        public string File => Sources.FileOf(Type, Member is Type ? null : Member.Name);
    }

    /// <summary>Every type of the library, and every member of the public ones as it was written.</summary>
    public static IReadOnlyList<Place> Places { get; } = [.. typeof(Tensor).Assembly.GetTypes().Where(t => t.Namespace is not null && t.Name[0] != '<' && t.DeclaringType is null).SelectMany(Of)];

    static IEnumerable<Place> Of(Type type)
    {
        yield return new(type, null, type);
        Type[] blocks = ApiListing.Blocks(type);
        // What extension members are computed by stands beside them as static methods with the same names.
        HashSet<string> computed = [.. blocks.SelectMany(b => b.GetMethods(Declared)).Select(m => m.Name)];
        foreach (MemberInfo member in (type.IsPublic ? Members(type) : []).Where(m => !computed.Contains(m.Name))) yield return new(member, null, type);
        foreach (Type block in type.IsPublic ? blocks : [])
            foreach (MemberInfo member in Members(block)) yield return new(member, block, type);
    }

    static IEnumerable<MemberInfo> Members(Type type) => type.GetMembers(Declared).Where(m => m is not Type && m.Name[0] != '<' && m is not MethodInfo { IsSpecialName: true } or MethodInfo { Name: ['o', 'p', '_', ..] });

    /// <summary>The page's tables, each under its heading; the last one holds what only Adjoint has.</summary>
    public static string Tables()
    {
        Phrase[] rows = [.. Places.Where(p => p.Phrase is not null).Select(p => new Phrase(PhraseGroups.Of(p.File), p.Phrase!.Names, p.Phrase.Use ?? PhraseUsage.Of(p.Member, p.Block), p.Phrase.Differs ?? ""))];
        var page = new StringBuilder();
        foreach (string group in PhraseGroups.InOrder) Table(page, group, "PyTorch", rows.Where(r => r.Group == group));
        // Operations that other operations are made of are no syntax.
        Place[] own = [.. Places.Where(p => p.None is not null && p.Member is not Type { Namespace: "Adjoint.Ops" })];
        page.Append("### Only here\n| Adjoint | what it is |\n|---|---|\n");
        foreach (Place place in own.OrderBy(p => PhraseUsage.Of(p.Member, p.Block), StringComparer.OrdinalIgnoreCase)) page.Append($"| `{PhraseUsage.Of(place.Member, place.Block)}` | {place.None!.Reason} |\n");
        return page.ToString();
    }

    static void Table(StringBuilder page, string title, string column, IEnumerable<Phrase> rows)
    {
        page.Append($"### {title}\n| {column} | Adjoint | what differs |\n|---|---|---|\n");
        foreach (Phrase row in rows.OrderBy(r => r.Key, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Line, StringComparer.Ordinal)) page.Append(row.Line).Append('\n');
        page.Append('\n');
    }
}
