using Xunit;

namespace Adjoint.Tests.Docs;

/// <summary>What the packages offer changes only on purpose.</summary>
public class ApiTests
{
    [Fact]
    public void The_public_members_are_those_of_the_committed_listing() =>
        GeneratedPage.Check("docs/api.txt", ApiListing.Of(
        typeof(Tensor).Assembly, typeof(Adjoint.Models.LeNet).Assembly, typeof(Adjoint.Language.PretrainedModel).Assembly, typeof(Adjoint.Hosting.TrainingServices).Assembly));

    [Fact]
    public void Extension_members_stand_with_the_type_they_extend()
    {
        string[] lines = ApiListing.Of(typeof(Tensor).Assembly).Split('\n');
        int tensor = Array.IndexOf(lines, "Adjoint: Tensor: sealed class");
        string[] members = [.. lines.Skip(tensor + 1).TakeWhile(l => l.Length > 0)];
        Assert.Contains("    Tensor Gelu(bool approximate = false)    // GeluSyntax", members);
        Assert.Contains("    Tensor Linear(Tensor weight, Tensor? bias = null)    // LinearSyntax", members);
        Assert.Contains("    static Tensor op_Multiply(Tensor a, double b)    // MultiplySyntax", members);
        Assert.Contains("    Tensor T { get; }    // PermuteSyntax", members);
        Assert.DoesNotContain(lines, l => l.Contains('$'));
    }

    [Fact]
    public void A_change_is_shown_line_by_line() => Assert.Equal("- b\n+ c", GeneratedPage.Difference("a\nb\n", "a\nc\n"));
}
