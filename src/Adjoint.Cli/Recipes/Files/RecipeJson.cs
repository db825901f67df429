using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Adjoint.Cli.Recipes.Files;

/// <summary>How recipes are written as JSON: names in camel case, kinds by their <c>kind</c>, which may stand anywhere in its object.</summary>
internal static class RecipeJson
{
    public const string Kind = "kind";

    public static JsonSerializerOptions Options { get; } = Made();

    static JsonSerializerOptions Made()
    {
        var types = new DefaultJsonTypeInfoResolver();
        types.Modifiers.Add(AddKinds);
        types.Modifiers.Add(LeaveOutResults);
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = types,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            AllowOutOfOrderMetadataProperties = true,
            RespectNullableAnnotations = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
            NewLine = "\n",
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.Converters.Add(new PairConverter());
        options.Converters.Add(new CsvColumnConverter());
        options.MakeReadOnly();
        return options;
    }

    static void AddKinds(JsonTypeInfo info)
    {
        if (!Kinds.IsFamily(info.Type)) return;
        info.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = Kind, UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization };
        foreach ((KindAttribute kind, Type type) in Kinds.Of(info.Type)) info.PolymorphismOptions.DerivedTypes.Add(new(type, kind.Name));
    }

    // What cannot be set is no part of a recipe, but follows from it.
    static void LeaveOutResults(JsonTypeInfo info)
    {
        if (info.Type.Assembly != typeof(RecipeJson).Assembly) return;
        for (int i = info.Properties.Count - 1; i >= 0; i--) if (info.Properties[i].Set is null) info.Properties.RemoveAt(i);
    }
}
