using Adjoint.Models;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>Freezing by patterns of names.</summary>
public class FreezePatternTests
{
    static Gpt Model() => new(new() { Vocabulary = 11, Context = 6, Width = 8, Layers = 12, Heads = 2 }, new Generator(1));

    static string[] Frozen(Module model) => [.. model.NamedParameters().Where(p => !p.Tensor.RequiresGrad).Select(p => p.Name)];

    [Theory]
    [InlineData("Blocks.1.*", "Blocks.1.", "")]            // and not those of block 10 and 11
    [InlineData("Blocks.1?.*", "Blocks.1", "Blocks.1.")]
    [InlineData("*", "", "-")]
    [InlineData("Tokens.Weight", "Tokens.", "")]
    [InlineData("Head.Weight", "Tokens.", "")]             // tied
    public void A_pattern_takes_what_it_matches(string pattern, string prefix, string without)
    {
        Gpt model = Model();
        string[] expected = [.. model.NamedParameters().Select(p => p.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && (without.Length == 0 || !n.StartsWith(without, StringComparison.Ordinal)))];
        model.Freeze(pattern);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Frozen(model));
        model.Unfreeze(pattern);
        Assert.Empty(Frozen(model));
    }

    [Fact]
    public void Stars_stand_for_dots_too()
    {
        Gpt model = Model();
        model.Freeze("*.Bias");
        Assert.Equal(model.NamedParameters().Select(p => p.Name).Where(n => n.EndsWith(".Bias", StringComparison.Ordinal)), Frozen(model));
        model.Unfreeze("Blocks.*Norm*.Bias");
        Assert.DoesNotContain(Frozen(model), n => n.StartsWith("Blocks.", StringComparison.Ordinal) && n.Contains("Norm", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a*c", "abbc", 0)]
    [InlineData("a*c", "ac", 0)]
    [InlineData("*", "", 0)]
    [InlineData("**a", "xxa", 0)]
    [InlineData("?", "", 1)]
    [InlineData("a?c", "abc", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("a*b*c", "a1b2", 1)]
    [InlineData("A", "a", 1)]
    public void Distances_are_Levenshtein_s_with_stars(string pattern, string name, int distance) => Assert.Equal(distance, NamePattern.Distance(pattern, name));

    [Fact]
    public void A_pattern_that_matches_nothing_names_near_ones()
    {
        Sequential model = [new Linear(2, 3, new Generator(1)), new Relu(), new Linear(3, 1, new Generator(2))];
        Assert.Equal("freeze: a pattern must match the name of a parameter, but '1.*' matches none of 4. Hint: near are '0.Weight', '0.Bias', '2.Weight'.", Assert.Throws<ArgumentException>(() => model.Freeze("1.*")).Message);
        Assert.Equal("unfreeze: a pattern must match the name of a parameter, but '2.Wieght' matches none of 4. Hint: near are '2.Weight', '0.Weight', '2.Bias'.", Assert.Throws<ArgumentException>(() => model.Unfreeze("2.Wieght")).Message);
        Assert.Equal("freeze: a pattern must match the name of a parameter, but '*' matches none of 0.", Assert.Throws<ArgumentException>(() => new Relu().Freeze("*")).Message);
        Assert.Throws<ArgumentException>(() => model.Freeze(""));
        Assert.Empty(Frozen(model));
    }
}
