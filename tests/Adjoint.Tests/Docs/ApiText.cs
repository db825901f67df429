using System.Globalization;
using System.Reflection;

namespace Adjoint.Tests.Docs;

/// <summary>Writes types and signatures the way C# does, with nullability and default values.</summary>
static class ApiText
{
    static readonly NullabilityInfoContext Nullability = new();

    static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(char)] = "char", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(string)] = "string", [typeof(object)] = "object",
    };

    public static string Name(Type type, NullabilityInfo? nullability = null)
    {
        string mark = nullability is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray) return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword + mark;
        if (!type.IsGenericType) return type.Name + mark;
        NullabilityInfo? Of(int i) => i < nullability?.GenericTypeArguments.Length ? nullability.GenericTypeArguments[i] : null;
        string[] arguments = [.. type.GetGenericArguments().Select((t, i) => Name(t, Of(i)))];
        if (Nullable.GetUnderlyingType(type) is not null) return $"{arguments[0]}?";
        if (type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)) return $"({string.Join(", ", arguments)})";
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>{mark}";
    }

    public static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(One));

    public static string Method(MethodBase method)
    {
        string generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(t => t.Name))}>" : "";
        string list = $"({Parameters(method.GetParameters())})";
        return method is MethodInfo { ReturnParameter: var result } ordinary
            ? $"{Prefix(method)}{Name(ordinary.ReturnType, Nullability.Create(result))} {method.Name}{generics}{list}"
            : $"{Prefix(method)}new{list}";
    }

    public static string Property(PropertyInfo property)
    {
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{Parameters(index)}]";
        string access = (IsSeen(property.GetMethod) ? " get;" : "") + (!IsSeen(property.SetMethod) ? "" : IsInit(property.SetMethod!) ? " init;" : " set;");
        return $"{Prefix((property.GetMethod ?? property.SetMethod)!)}{Name(property.PropertyType, Nullability.Create(property))} {name} {{{access} }}";
    }

    public static string Field(FieldInfo field)
    {
        string value = field.IsLiteral ? $" = {Value(field.GetRawConstantValue())}" : "";
        return field.DeclaringType!.IsEnum ? $"{field.Name}{value}" : $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType, Nullability.Create(field))} {field.Name}{value}";
    }

    /// <summary>Whether code outside the library can use or override it.</summary>
    public static bool IsSeen(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");

    static string Prefix(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "")
        + (method.IsAbstract && method.DeclaringType is { IsInterface: false } ? "abstract " : method.IsVirtual && !method.IsFinal && method.DeclaringType is { IsInterface: false } ? "virtual " : "");

    static string One(ParameterInfo parameter)
    {
        bool many = parameter.GetCustomAttributesData().Any(a => a.AttributeType.Name is "ParamArrayAttribute" or "ParamCollectionAttribute");
        string value = !parameter.HasDefaultValue ? "" : parameter.RawDefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? " = default" : $" = {Value(parameter.RawDefaultValue, parameter.ParameterType)}";
        string type = Name(parameter.ParameterType, Nullability.Create(parameter));
        return $"{(many ? "params " : "")}{(parameter.IsOut ? type.Replace("ref ", "out ", StringComparison.Ordinal) : type)} {parameter.Name}{value}";
    }

    static string Value(object? value, Type? type = null) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        char letter => $"'{letter}'",
        _ when type is { IsEnum: true } => $"{type.Name}.{Enum.GetName(type, Enum.ToObject(type, value))}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
