namespace Adjoint.Cli.Recipes.Files;

/// <summary>A record that stands in recipes as one of several kinds, which its <c>kind</c> names.</summary>
/// <param name="name">What one of them is called.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class FamilyAttribute(string name) : Attribute
{
    public string Name => name;
}

/// <summary>One kind of a family.</summary>
/// <param name="name">What recipes call it.</param>
/// <param name="description">What it is, in a sentence.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class KindAttribute(string name, string description) : Attribute
{
    public string Name => name;

    public string Description => description;
}

/// <summary>The smallest number allowed, of a list's each entry.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtLeastAttribute(double value) : Attribute
{
    public double Value => value;
}

/// <summary>A number that is itself too small.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AboveAttribute(double value) : Attribute
{
    public double Value => value;
}

/// <summary>The largest number allowed, of a list's each entry.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtMostAttribute(double value) : Attribute
{
    public double Value => value;
}

/// <summary>A number that is itself too large.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BelowAttribute(double value) : Attribute
{
    public double Value => value;
}

/// <summary>The texts allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values => values;
}

/// <summary>A regular expression that a text must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PatternAttribute(string pattern) : Attribute
{
    public string Pattern => pattern;
}

/// <summary>A list with at least one entry.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotEmptyAttribute : Attribute;
