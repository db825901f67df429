using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Adjoint.Nn;
using Adjoint.Optim;
using Module = Adjoint.Nn.Module;

namespace Adjoint.Tests.Docs;

/// <summary>How a member is written in C#, from its signature: <c>x.Gelu(approximate: false)</c>. Required arguments by their names, optional ones with their defaults.</summary>
static class PhraseUsage
{
    /// <summary>How operators are called in metadata and in C#.</summary>
    public static IReadOnlyDictionary<string, string> Operators { get; } = new Dictionary<string, string>
    {
        ["op_Addition"] = "+", ["op_Subtraction"] = "-", ["op_Multiply"] = "*", ["op_Division"] = "/", ["op_UnaryNegation"] = "-",
        ["op_GreaterThan"] = ">", ["op_GreaterThanOrEqual"] = ">=", ["op_LessThan"] = "<", ["op_LessThanOrEqual"] = "<=",
    };

    // What an object of a type is called where its members are shown.
    static readonly Dictionary<Type, string> Objects = new()
    {
        [typeof(Tensor)] = "x", [typeof(Generator)] = "random", [typeof(Module)] = "model", [typeof(Module<,>)] = "model", [typeof(Optimizer)] = "optimizer", [typeof(DType)] = "dtype",
        [typeof(Schedule)] = "schedule", [typeof(Shape)] = "shape",
    };

    /// <summary>A member of a class, or of a block of extension members.</summary>
    public static string Of(MemberInfo member, Type? block) => member switch
    {
        Type type => Construction(type),
        ConstructorInfo constructor => $"new {Simple(constructor.DeclaringType!)}({Arguments(constructor)})",
        MethodInfo method when Operators.TryGetValue(method.Name, out string? sign) => method.GetParameters() is [{ Name: var one }] ? $"{sign}{one}" : $"{method.GetParameters()[0].Name} {sign} {method.GetParameters()[1].Name}",
        MethodInfo method => $"{Results(method)}{Target(member, method.IsStatic, block)}.{method.Name}{Generics(method)}({Arguments(method)})",
        PropertyInfo property => $"{Target(member, (property.GetMethod ?? property.SetMethod)!.IsStatic, block)}.{property.Name}",
        _ => $"{Simple(member.DeclaringType!)}.{member.Name}",
    };

    static string Target(MemberInfo member, bool isStatic, Type? block)
    {
        Type type = block is null ? member.DeclaringType! : ApiListing.Receiver(block).ParameterType;
        if (isStatic) return Simple(type);
        if (block is not null) return ApiListing.Receiver(block).Name!;
        return Objects.TryGetValue(type.IsGenericType ? type.GetGenericTypeDefinition() : type, out string? name) ? name : char.ToLowerInvariant(Simple(type)[0]) + Simple(type)[1..];
    }

    static string Simple(Type type) => type.Name.Split('`')[0];

    static string Construction(Type type)
    {
        ConstructorInfo[] all = type.GetConstructors();
        if (all.Length == 0) return Simple(type);
        // Groups of parameters are the general case of a list of them; a record's copy is no way to make one.
        ConstructorInfo constructor = all.FirstOrDefault(c => c.GetParameters() is not [{ ParameterType: var first }, ..] || first != typeof(IEnumerable<ParameterGroup>)) ?? all[0];
        string settings = type.IsSubclassOf(typeof(Optimizer)) || type.IsSubclassOf(typeof(Schedule)) || type == typeof(ReduceOnPlateau) ? Settings(type, constructor) : "";
        return $"new {Simple(type)}({Arguments(constructor)}){settings}";
    }

    /// <summary>The properties that are set on making an object, with the values that it has otherwise.</summary>
    static string Settings(Type type, ConstructorInfo constructor)
    {
        object made = constructor.Invoke([.. constructor.GetParameters().Select(Example)]);
        string[] settings =
        [
            .. type.GetProperties()
                .Where(p => p.DeclaringType != typeof(Optimizer) && p.SetMethod is { IsPublic: true } set && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
                .Where(p => !constructor.GetParameters().Any(a => string.Equals(a.Name, p.Name, StringComparison.OrdinalIgnoreCase)))
                .Select(p => $"{p.Name} = {Literal(p.GetValue(made), p.PropertyType)}"),
        ];
        return settings.Length == 0 ? "" : $" {{ {string.Join(", ", settings)} }}";
    }

    static object? Example(ParameterInfo parameter) => parameter.ParameterType switch
    {
        _ when parameter.HasDefaultValue => parameter.DefaultValue,
        var t when t == typeof(IEnumerable<Tensor>) => new[] { Tensor.Zeros([2, 2]).AsParameter() },
        var t when t == typeof(Optimizer) => new Sgd([Tensor.Zeros([2]).AsParameter()], 0.1),
        var t when t == typeof(IReadOnlyList<long>) => new long[] { 1 },
        var t => Convert.ChangeType(1, t, CultureInfo.InvariantCulture),
    };

    static string Results(MethodInfo method) => method.ReturnParameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames is { } names && method.ReturnType.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
        ? $"var ({string.Join(", ", names.Take(method.ReturnType.GetGenericArguments().Length).Select(n => char.ToLowerInvariant(n![0]) + n[1..]))}) = " : "";

    // Type arguments that no argument tells have to be written.
    static string Generics(MethodInfo method) =>
        method.IsGenericMethod && method.GetGenericArguments().Any(t => !method.GetParameters().Any(p => p.ParameterType.ToString().Contains(t.Name, StringComparison.Ordinal)))
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(t => t.Name))}>" : "";

    static string Arguments(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => p.HasDefaultValue ? $"{Name(p)}: {Literal(p.RawDefaultValue, p.ParameterType)}" : Name(p)));

    // Of a record's constructor the parameters are its properties.
    static string Name(ParameterInfo parameter) => parameter.Name == "base" ? "@base" : parameter.HasDefaultValue ? parameter.Name! : char.ToLowerInvariant(parameter.Name![0]) + parameter.Name[1..];

    static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number when Math.Abs(number - (1.0 / 3)) < 1e-15 => "1.0 / 3",
        double number => number.ToString(CultureInfo.InvariantCulture).Replace("E-0", "E-", StringComparison.Ordinal).Replace('E', 'e'),
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Literal(tuple[i], typeof(double))))})",
        ICollection => "[]",
        _ when type.IsEnum => $"{type.Name}.{Enum.GetName(type, Enum.ToObject(type, value))}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
