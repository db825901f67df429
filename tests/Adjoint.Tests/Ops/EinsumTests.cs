using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Sums in Einstein's notation against loops over all indices.</summary>
public class EinsumTests
{
    public static TheoryData<string, string> Equations => new()
    {
        { "ij,jk->ik", "2 3|3 4" },
        { "ij,jk->ki", "2 3|3 4" },
        { "bhid,bhjd->bhij", "2 3 4 5|2 3 6 5" },
        { "bij,bjk", "2 3 4|2 4 5" },
        { "i,j->ij", "3|4" },
        { "bi,bj->bij", "2 3|2 4" },
        { "i,i->", "5|5" },
        { "bi,bi->b", "3 4|3 4" },
        { "bi,b->bi", "3 4|3" },
        { "i,ij", "3|3 4" },
        { "ii->i", "3 3" },
        { "ii", "4 4" },
        { "iij->ji", "3 3 2" },
        { "ijij->ij", "2 3 2 3" },
        { "iii->i", "3 3 3" },
        { "ij->", "3 4" },
        { "ba", "2 3" },
        { "Ab,bA->A", "2 3|3 2" },
        { "...ij,...jk->...ik", "2 3 4|2 4 5" },
        { "...ij,jk", "2 3 4|4 5" },
        { "i...,i...->...", "3 4|3 2 4" },
        { "...i->...", "2 3 4" },
        { "...->", "2 3" },
        { "...,...->...", "4|3 1" },
        { "ij,jk->ik", "2 1|3 4" },
        { "ab,b->ab", "2 1|3" },
        { "i,ij,j->", "3|3 4|4" },
        { "ij,jk,kl,lm->im", "2 3|3 4|4 5|5 2" },
        { "abc,cd,be->ade", "2 3 4|4 5|3 2" },
        { "ij,kl->k", "2 3|4 2" },
        { "ij,jk->ik", "0 3|3 2" },
        { "ij,jk->ik", "2 0|0 2" },
        { " i j , j k -> i k ", "2 3|3 4" },
    };

    [Theory, MemberData(nameof(Equations))]
    public void Values_and_gradients_agree_with_loops(string equation, string shapes)
    {
        var random = new Generator(3);
        Tensor[] operands = [.. shapes.Split('|').Select(s => random.Normal(Of(s), dtype: DType.F64))];
        (string[] terms, string output) = Plainly(equation, operands);
        Plain expected = Loops(terms, output, [.. operands.Select(Plain.From)]);
        double error = Adjoint.Ops.OperationCheck.Error([Tensor.Einsum(equation, operands)], [expected]);
        Assert.True(error <= 1e-12, $"{equation}: {error}");
        Assert.InRange(GradientCheck.FirstOrder(x => [Tensor.Einsum(equation, x)], operands), 0, 2e-7);
    }

    [Fact]
    public void Whole_numbers_stay_whole()
    {
        Tensor y = Tensor.Einsum("ij,jk->ik", Tensor.From([1L, 2, 3, 4], [2, 2]), Tensor.From([5L, 6, 7, 8], [2, 2]));
        Assert.Equal([19L, 22, 43, 50], y.ToArray<long>());
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor a = Tensor.Zeros([2, 3]), b = Tensor.Zeros([4, 5]);
        void Says<T>(string message, string equation, params Tensor[] operands) where T : Exception =>
            Assert.Equal(message, Assert.Throws<T>(() => Tensor.Einsum(equation, operands)).Message);

        Says<ArgumentException>("einsum: there must be one operand for each term, but 'ij,jk' has 2 terms and there is 1 operand.", "ij,jk", a);
        Says<ArgumentException>("einsum: there must be one operand for each term, but 'ij' has 1 term and there are 2 operands.", "ij", a, b);
        Says<ArgumentException>("einsum: terms must consist of letters and at most one '...', but the equation is 'i.j->ij'.", "i.j->ij", a);
        Says<ArgumentException>("einsum: terms must consist of letters and at most one '...', but the equation is '......'.", "......", a);
        Says<ArgumentException>("einsum: an equation has at most one '->', but it is 'ij->i->j'.", "ij->i->j", a);
        Says<ArgumentException>("einsum: the result's indices must occur in a term, but 'k' does not and the equation is 'ij->ik'.", "ij->ik", a);
        Says<ArgumentException>("einsum: the result's indices must differ, but 'i' is there twice and the equation is 'ij->ii'.", "ij->ii", a);
        Says<ShapeException>("einsum: a term must name the axes of its operand, but term 0 of 'ijk->i' names 3 and the operand is [2, 3].", "ijk->i", a);
        Says<ShapeException>("einsum: a term must name the axes of its operand, but term 0 of '...ijk' names 3 and the operand is [2, 3].", "...ijk", a);
        Says<ShapeException>("einsum: an index must have one size (or 1, which broadcasts), but 'j' is 3 and, in operand 1 of shape [4, 5], 4.", "ij,jk->ik", a, b);
        Says<ShapeException>("einsum: an index must have one size (or 1, which broadcasts), but 'i' is 2 and, in operand 0 of shape [2, 3], 3.", "ii->i", a);
    }

    /// <summary>The equation without dots, spaces and implied results: axes under dots get letters from Z downward, the last axis Z.</summary>
    static (string[] Terms, string Output) Plainly(string equation, Tensor[] operands)
    {
        string[] sides = equation.Replace(" ", "").Split("->");
        string[] terms = sides[0].Split(',');
        int[] hidden = [.. terms.Select((t, i) => t.Contains('.') ? operands[i].Rank - (t.Length - 3) : 0)];
        string Dots(int n) => "UVWXYZ"[(6 - n)..];
        string output = sides.Length > 1
            ? sides[1]
            : (terms.Any(t => t.Contains('.')) ? "..." : "") + string.Concat(sides[0].Where(char.IsLetter).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).Order());
        return ([.. terms.Select((t, i) => t.Replace("...", Dots(hidden[i])))], output.Replace("...", Dots(hidden.Max())));
    }

    static Plain Loops(string[] terms, string output, Plain[] operands)
    {
        string all = string.Concat(string.Concat(terms).Distinct());
        long Size(char c) => operands.SelectMany((x, i) => terms[i].Select((t, axis) => t == c ? x.Shape[axis] : 1)).Aggregate(1L, (a, b) => a == 1 ? b : a);
        Plain y = Plain.Zeros(Shape.Create([.. output.Select(Size)]));
        foreach (long[] index in Plain.Indices(Shape.Create([.. all.Select(Size)])))
        {
            double product = 1;
            for (int i = 0; i < terms.Length; i++) product *= operands[i][[.. terms[i].Select(c => index[all.IndexOf(c)])]];
            y[[.. output.Select(c => index[all.IndexOf(c)])]] += product;
        }

        return y;
    }

    static Shape Of(string sizes) => Shape.Create([.. sizes.Split(' ').Select(long.Parse)]);
}
