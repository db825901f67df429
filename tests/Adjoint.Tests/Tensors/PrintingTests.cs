using System.Globalization;
using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>What people see, word for word.</summary>
public class PrintingTests
{
    static void Prints(string expected, Tensor tensor) => Assert.Equal(expected.ReplaceLineEndings("\n"), tensor.ToString());

    [Fact]
    public void Numbers_are_aligned_in_nested_brackets() => Prints(
        """
        [[ 1.0000, -2.5000],
         [ 0.3333, 40.0000]]
        shape [2, 2], F64
        """, Tensor.From(new[,] { { 1, -2.5 }, { 1.0 / 3, 40 } }));

    [Fact]
    public void Whole_numbers_have_no_point_and_matrices_a_line_between_them() => Prints(
        """
        [[[1, 2],
          [3, 4]],

         [[5, 6],
          [7, 8]]]
        shape [2, 2, 2], F32
        """, Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]));

    [Fact]
    public void Tiny_and_huge_numbers_are_scientific()
    {
        Prints("[1.0000e-05, 2.0000e+00]\nshape [2], F64", Tensor.From([1e-5, 2]));
        Prints("[ 1.5000e+08, -2.0000e+00]\nshape [2], F64", Tensor.From([1.5e8, -2]));
        Prints("[12345678, 0]\nshape [2], F64".Replace(" 0]", "        0]", StringComparison.Ordinal), Tensor.From([12345678.0, 0]));
    }

    [Fact]
    public void What_is_not_a_number_is_named_and_does_not_choose_the_format() =>
        Prints("[   NaN,      ∞,     -∞, 0.5000]\nshape [4], F64", Tensor.From([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.5]));

    [Fact]
    public void Integers_are_exact_and_truths_are_words()
    {
        Prints("[9007199254740993,               -1]\nshape [2], I64", Tensor.From([9007199254740993L, -1]));
        Prints("[ true, false]\nshape [2], Bool", Tensor.From([true, false]));
    }

    [Fact]
    public void A_single_value_and_no_value()
    {
        Prints("0.2500\nshape [], F64", Tensor.From([0.25], []));
        Prints("[]\nshape [0, 3], F32", Tensor.Zeros([0, 3]));
    }

    [Fact]
    public void Long_tensors_are_shortened() => Prints(
        """
        [[   0,    1,    2, …,   97,   98,   99],
         [ 100,  101,  102, …,  197,  198,  199],
         [ 200,  201,  202, …,  297,  298,  299],
         …,
         [9700, 9701, 9702, …, 9797, 9798, 9799],
         [9800, 9801, 9802, …, 9897, 9898, 9899],
         [9900, 9901, 9902, …, 9997, 9998, 9999]]
        shape [100, 100], F64
        """, Tensor.From([.. Enumerable.Range(0, 10_000).Select(i => (double)i)], [100, 100]));

    [Fact]
    public void Long_lines_are_wrapped() => Prints(
        """
        [[100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118,
          119, 120, 121, 122, 123, 124]]
        shape [1, 25], I32
        """, Tensor.From([.. Enumerable.Range(100, 25)], [1, 25]));

    [Fact]
    public void Views_print_what_they_show() => Prints("[[6, 4],\n [2, 0]]\nshape [2, 2], F64", Tensor.From([0.0, 1, 2, 3, 4, 5, 6]).Slice(0, 0, 7, -2).Reshape(2, 2));

    [Fact]
    public void Names_and_the_graph_are_told()
    {
        Tensor weight = Tensor.From([1f, 2]).AsParameter("weight");
        Prints("[1, 2]\n'weight', shape [2], F32, requires grad", weight);
        Prints("[2, 1]\nshape [2], F32, made by flip", weight.Flip());
        Prints("[1]\nshape [1], F32, made by slice", weight[..1]);
    }

    [Fact]
    public void A_released_tensor_says_so()
    {
        Tensor gone;
        using (Scope.Begin("step")) gone = Tensor.Zeros([2, 3]);
        Prints("shape [2, 3], F32, released when scope 'step' ended", gone);
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Prints("[-0.5000,  1.2500]\nshape [2], F64", Tensor.From([-0.5, 1.25]));
        }
        finally { CultureInfo.CurrentCulture = before; }
    }
}
