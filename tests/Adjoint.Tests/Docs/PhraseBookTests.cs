using System.Reflection;
using System.Text.RegularExpressions;
using Adjoint.Nn;
using Adjoint.Ops;
using Adjoint.Optim;
using Xunit;
using Module = Adjoint.Nn.Module;

namespace Adjoint.Tests.Docs;

/// <summary>Whoever knows PyTorch finds everything: each public part says what PyTorch calls it, and the page is made from that.</summary>
public class PhraseBookTests
{
    const string Page = "docs/coming-from-pytorch.md", Begin = "<!-- tables: made from the code, see CONTRIBUTING.md -->\n", End = "<!-- end of tables -->\n";

    [Fact]
    public void The_page_is_what_the_code_says()
    {
        string written = GeneratedPage.Read(Page);
        int from = written.IndexOf(Begin, StringComparison.Ordinal), to = written.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= 0 && to > from, $"{Page} must have the lines '{Begin.Trim()}' and '{End.Trim()}', in this order.");
        GeneratedPage.Check(Page, written[..(from + Begin.Length)] + PhraseBook.Tables() + written[to..]);
    }

    [Fact]
    public void Every_operation_says_its_PyTorch_name()
    {
        HashSet<string> speaking = [.. PhraseBook.Places.Where(p => p.Speaks && p.Block is not null).Select(p => p.File)];
        Type[] operations = [.. Registry.Operations()];
        Assert.True(operations.Length > 150);
        Report(operations.Where(op => !Says(op) && !speaking.Contains(Sources.FileOf(op, null))).Select(op => (MemberInfo)op), op => Sources.FileOf((Type)op, null), "on its extension member");
    }

    [Fact]
    public void Every_extension_member_of_tensors_says_its_PyTorch_name()
    {
        PhraseBook.Place[] members = [.. PhraseBook.Places.Where(p => p.Block is not null && ApiListing.Receiver(p.Block).ParameterType is var t && (t == typeof(Tensor) || t == typeof(Generator)))];
        Assert.True(members.Length > 200);
        ReportMembers(members);
    }

    [Theory]
    [InlineData(typeof(Tensor))]
    [InlineData(typeof(Generator))]
    [InlineData(typeof(Transform))]
    [InlineData(typeof(Init))]
    [InlineData(typeof(GradientClip))]
    [InlineData(typeof(Module))]
    public void Every_member_says_its_PyTorch_name(Type type) => ReportMembers([.. PhraseBook.Places.Where(p => p.Type == type && p.Member is MethodInfo or PropertyInfo)]);

    [Fact]
    public void Every_layer_optimizer_and_schedule_says_its_PyTorch_name()
    {
        Type[] types = [.. typeof(Tensor).Assembly.GetExportedTypes().Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(Module)) || t.IsSubclassOf(typeof(Optimizer)) || t.IsSubclassOf(typeof(Schedule))))];
        Assert.True(types.Length > 50);
        Report(types.Where(t => !Says(t)), t => Sources.FileOf((Type)t, null), "on it");
    }

    [Fact]
    public void Names_are_full_and_each_stands_once_in_a_row()
    {
        string[] names = [.. PhraseBook.Places.Where(p => p.Phrase is not null).SelectMany(p => p.Phrase!.Names.Length == p.Phrase.Names.Distinct().Count() ? p.Phrase.Names : [$"twice: {p.Phrase.Names[0]}"])];
        Assert.All(names, name => Assert.Matches(@"^(torch|torchvision|safetensors)(\.\w+)+$", name));
    }

    [Fact]
    public void What_the_page_calls_missing_has_no_row()
    {
        string page = GeneratedPage.Read(Page);
        string[] missing = [.. Regex.Matches(page[page.IndexOf(End, StringComparison.Ordinal)..], @"^\| ([^|]*) \|", RegexOptions.Multiline).SelectMany(row => Regex.Matches(row.Groups[1].Value, "`([^`]+)`")).Select(m => m.Groups[1].Value)];
        Assert.True(missing.Length > 60);
        string[] here = [.. PhraseBook.Places.Where(p => p.Phrase is not null).SelectMany(p => p.Phrase!.Names)];
        string[] wrong = [.. missing.Where(name => here.Any(h => h == name || h.EndsWith($".{name}", StringComparison.Ordinal)))];
        Assert.True(wrong.Length == 0, $"phrase book: what {Page} calls missing has no row, but {string.Join(", ", wrong)} has one. Hint: take it out of the list of what is not here.");
    }

    [Fact]
    public void Usage_follows_the_signature()
    {
        string tables = PhraseBook.Tables();
        Assert.Contains("| `torch.softmax`<br>`torch.nn.functional.softmax` | `x.Softmax(dim)` |", tables, StringComparison.Ordinal);
        Assert.Contains("`var (values, indices) = x.Max(dim, keepDim: false)`", tables, StringComparison.Ordinal);
        Assert.Contains("`a + b`", tables, StringComparison.Ordinal);
        Assert.Contains("`Tensor.Zeros(shape, dtype: DType.F32)`", tables, StringComparison.Ordinal);
        Assert.Contains("`new AdamW(parameters, learningRate: 0.001, weightDecay: 0.01) { Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, AmsGrad = false }`", tables, StringComparison.Ordinal);
        Assert.Contains("`x.ToArray<T>()`", tables, StringComparison.Ordinal);
    }

    static bool Says(Type type) => type.IsDefined(typeof(PyTorchAttribute), false) || type.IsDefined(typeof(NotInPyTorchAttribute), false);

    // One overload speaks for all.
    static void ReportMembers(PhraseBook.Place[] members)
    {
        Assert.NotEmpty(members);
        HashSet<(Type, string)> said = [.. members.Where(p => p.Speaks).Select(p => (p.Type, p.Member.Name))];
        Report(
            members.Where(p => !said.Contains((p.Type, p.Member.Name)) && !IsOfObject(p.Member)).DistinctBy(p => (p.Type, p.Member.Name)).Select(p => p.Member),
            m => members.First(p => p.Member == m).File, "on one of its overloads");
    }

    static bool IsOfObject(MemberInfo member) => member is MethodInfo method && method.GetBaseDefinition().DeclaringType == typeof(object);

    static void Report(IEnumerable<MemberInfo> silent, Func<MemberInfo, string> file, string where)
    {
        string[] sentences = [.. silent.Select(m => $"phrase book: everything public says what PyTorch calls it, but {m.Name} in {file(m)} does not. Hint: put [PyTorch(\"torch.…\", Differs = \"…\")] or [NotInPyTorch(\"what it is instead\")] {where}.").Distinct()];
        Assert.True(sentences.Length == 0, string.Join('\n', sentences));
    }
}
