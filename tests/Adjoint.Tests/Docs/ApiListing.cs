using System.Reflection;
using System.Runtime.CompilerServices;

namespace Adjoint.Tests.Docs;

/// <summary>Every public type and member of assemblies as sorted text; extension members stand with the type they extend.</summary>
/// <remarks>
/// The compiler keeps an <c>extension</c> block as a nested type named <c>&lt;G&gt;$…</c> that holds the members as they were written, and in it
/// one named <c>&lt;M&gt;$…</c> whose method <c>&lt;Extension&gt;$</c> has the receiver as its parameter. The static methods beside them are how it is computed.
/// </remarks>
static class ApiListing
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(params Assembly[] assemblies)
    {
        Type[] types = [.. assemblies.SelectMany(a => a.GetExportedTypes()).Where(t => t.Name[0] != '<' && !IsInBlock(t))];
        var listing = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (Type type in types)
        {
            Type[] blocks = Blocks(type);
            string[] members = [.. Members(type, [.. blocks.SelectMany(b => b.GetMethods(Declared)).Select(m => m.Name)])];
            if (blocks.Length == 0 || members.Length > 0) Add(listing, Head(type), members);
            foreach (Type block in blocks)
            {
                Type receiver = Receiver(block);
                Add(listing, types.Contains(receiver) ? Head(receiver) : $"{type.Namespace}: extension of {ApiText.Name(receiver)}", Members(block, []).Select(m => $"{Named(m, block, receiver)}    // {type.Name}"));
            }
        }

        return string.Concat(listing.Select(t => $"{t.Key}\n{string.Concat(t.Value.Select(m => $"    {m}\n"))}\n")).TrimEnd() + "\n";
    }

    /// <summary>The nested types that hold a static class's extension members.</summary>
    public static Type[] Blocks(Type type) => [.. type.GetNestedTypes(Declared).Where(t => t.Name.StartsWith("<G>$", StringComparison.Ordinal))];

    /// <summary>What a block extends.</summary>
    public static Type Receiver(Type block) => block.GetNestedTypes(Declared).SelectMany(m => m.GetMethods(Declared)).First(m => m.Name == "<Extension>$").GetParameters()[0].ParameterType;

    /// <summary>A generic block's own names for its parameters are numbers; the receiver has those that were written.</summary>
    static string Named(string member, Type block, Type receiver) =>
        block.GetGenericArguments().Zip(receiver.GetGenericArguments()).Aggregate(member, (text, names) => text.Replace(names.First.Name, names.Second.Name, StringComparison.Ordinal));

    static bool IsInBlock(Type type) => type.DeclaringType is { } outer && (outer.Name[0] == '<' || IsInBlock(outer));

    static void Add(SortedDictionary<string, SortedSet<string>> listing, string head, IEnumerable<string> members)
    {
        if (!listing.TryGetValue(head, out SortedSet<string>? lines)) listing.Add(head, lines = new(StringComparer.Ordinal));
        lines.UnionWith(members);
    }

    static string Head(Type type)
    {
        bool isRecord = type.GetMethod("<Clone>$", Declared) is not null || type.GetMethod("PrintMembers", Declared) is not null;
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : (type.IsValueType ? type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "" : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")
            + (isRecord ? "record " : "") + (type.IsValueType ? "struct" : isRecord ? "" : "class");
        IEnumerable<Type> above = (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? new[] { parent } : [])
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(i => i.IsPublic && !(isRecord && i.Name == "IEquatable`1")).Except(type.BaseType?.GetInterfaces() ?? []).OrderBy(i => i.Name, StringComparer.Ordinal));
        string names = string.Join(", ", above.Select(t => ApiText.Name(t)));
        string outer = type.DeclaringType is { } declaring ? $"{declaring.Name}." : "";
        return $"{type.Namespace}: {outer}{ApiText.Name(type)}: {kind.Trim()}{(names.Length > 0 ? $" : {names}" : "")}";
    }

    static IEnumerable<string> Members(Type type, HashSet<string> extensions)
    {
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(c => !c.IsStatic && ApiText.IsSeen(c) && Written(c))) yield return ApiText.Method(constructor);
        foreach (FieldInfo field in type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName)) yield return ApiText.Field(field);
        foreach (PropertyInfo property in type.GetProperties(Declared).Where(p => (ApiText.IsSeen(p.GetMethod) || ApiText.IsSeen(p.SetMethod)) && p.Name != "EqualityContract")) yield return ApiText.Property(property);
        foreach (EventInfo @event in type.GetEvents(Declared).Where(e => ApiText.IsSeen(e.AddMethod))) yield return $"event {ApiText.Name(@event.EventHandlerType!)} {@event.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared))
        {
            bool accessor = method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);
            bool overrides = method.GetBaseDefinition() != method;
            if (ApiText.IsSeen(method) && Written(method) && !accessor && !overrides && method.Name[0] != '<' && !extensions.Contains(method.Name)) yield return ApiText.Method(method);
        }
    }

    /// <summary>Not what the compiler adds to a record by itself.</summary>
    static bool Written(MethodBase method) => !method.IsDefined(typeof(CompilerGeneratedAttribute)) || method is ConstructorInfo { IsPublic: true };
}
