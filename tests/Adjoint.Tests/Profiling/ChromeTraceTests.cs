using System.Text.Json;
using Adjoint.Nn;
using Adjoint.Profiling;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Profiling;

/// <summary>The trace is JSON as Chrome and Perfetto read it, and its spans lie in each other or apart.</summary>
public sealed class ChromeTraceTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    sealed record Event(string Name, string Category, decimal Begin, decimal End, JsonElement Arguments)
    {
        public Event? Around { get; set; }
    }

    static Event[] Spans(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("ms", document.RootElement.GetProperty("displayTimeUnit").GetString());
        List<Event> spans = [];
        foreach (JsonElement e in document.RootElement.GetProperty("traceEvents").EnumerateArray())
        {
            Assert.False(string.IsNullOrEmpty(e.GetProperty("name").GetString()));
            Assert.Equal(1, e.GetProperty("pid").GetInt32());
            Assert.True(e.GetProperty("tid").GetInt32() > 0);
            string kind = e.GetProperty("ph").GetString()!;
            Assert.Contains(kind, (string[])["M", "X", "C"]);
            if (kind == "C") Assert.True(e.GetProperty("args").GetProperty("bytes").GetInt64() >= 0);
            if (kind != "X") continue;
            decimal begin = e.GetProperty("ts").GetDecimal(), duration = e.GetProperty("dur").GetDecimal();
            Assert.True(begin >= 0 && duration >= 0);
            spans.Add(new(e.GetProperty("name").GetString()!, e.GetProperty("cat").GetString()!, begin, begin + duration, e.GetProperty("args").Clone()));
        }

        Nest(spans);
        return [.. spans];
    }

    // In the order of their beginning, outer ones first: each lies in the last that has not ended.
    static void Nest(List<Event> spans)
    {
        var open = new Stack<Event>();
        decimal last = 0;
        foreach (Event span in spans)
        {
            Assert.True(span.Begin >= last);
            last = span.Begin;
            while (open.TryPeek(out Event? before) && before.End <= span.Begin && before.End < span.End) open.Pop();
            if (open.TryPeek(out Event? around))
            {
                Assert.True(span.End <= around.End, $"{span.Name} ends after {around.Name} around it");
                span.Around = around;
            }

            open.Push(span);
        }
    }

    static string Written(ProfileReport report)
    {
        using var stream = new MemoryStream();
        report.WriteChromeTrace(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void A_step_is_modules_around_operations_and_gradients_in_a_pass()
    {
        var small = new Small();
        Event[] spans = Spans(Written(Small.Recorded(() => small.Step())));
        Event[] linear = [.. spans.Where(s => s.Name == "linear")];
        Assert.Equal(2, linear.Length);
        Assert.Equal(["0.0", "0", "Sequential"], Path(linear[0]));
        Assert.Equal(["1", "Sequential"], Path(linear[1]));
        Assert.All(linear, s => Assert.Equal("forward", s.Category));
        Assert.Equal("""["F32 [5, 3]","F32 [4, 3]","F32 [4]"]""", linear[0].Arguments.GetProperty("inputs").GetRawText());
        Assert.Equal("""["F32 [5, 4]"]""", linear[0].Arguments.GetProperty("outputs").GetRawText());
        Assert.Equal((120, (15 + 12 + 4 + 20) * 4), (linear[0].Arguments.GetProperty("flops").GetInt64(), linear[0].Arguments.GetProperty("bytes").GetInt64()));
        Assert.Equal("0.0 (Linear)", linear[0].Arguments.GetProperty("module").GetString());

        Event[] products = [.. spans.Where(s => s.Name == "matmul")];
        Assert.Equal(3, products.Length);
        Assert.All(products, s => Assert.Equal(["gradient of linear", "backward"], Path(s)));
        Assert.All(products, s => Assert.Equal(("backward", "linear"), (s.Category, s.Arguments.GetProperty("gradient_of").GetString())));
        Assert.Equal(["1 (Linear)", "1 (Linear)", "0.0 (Linear)"], products.Select(s => s.Arguments.GetProperty("module").GetString()));
        Event update = Assert.Single(spans, s => s.Name == "sgd step");
        Assert.Equal("update", update.Category);
        Assert.Null(update.Around);
        Assert.DoesNotContain(spans, s => s.Arguments.TryGetProperty("unfinished", out _));

        static string[] Path(Event span) => span.Around is { } around ? [around.Name, .. Path(around)] : [];
    }

    static Sequential Ending(Profile profile) =>
    [
        new Lambda(x =>
        {
            profile.Dispose();
            return x;
        }),
    ];

    [Fact]
    public void What_an_exception_or_the_end_cut_off_is_marked_and_still_nests()
    {
        Sequential model = [new Lambda(x => x.Exp().MatMul(Tensor.Ones([7, 7])))];
        Profile profile = Profile.Record();
        using (profile)
        {
            Assert.Throws<ShapeException>(() => model.Call(Tensor.Ones([2, 3])));
            Tensor.Ones([2]).Sin();
            Ending(profile).Call(Tensor.Ones([2]));
        }

        Event[] spans = Spans(Written(profile.Report()));
        Assert.Equal(["matmul", "Sequential", "0"], spans.Where(s => s.Arguments.TryGetProperty("unfinished", out _)).Select(s => s.Name));
        Assert.Null(Assert.Single(spans, s => s.Name == "sin").Around);
    }

    [Fact]
    public void A_checkpoint_and_random_trainings_nest()
    {
        Sequential model = [new Checkpointed(new Sequential(new Linear(3, 4, new Generator(1)), new Gelu())), new Linear(4, 2, new Generator(2))];
        Event[] spans = Spans(Written(Small.Recorded(() => model.Call(Tensor.Ones([5, 3])).Square().Sum().Backward())));
        Event again = Assert.Single(spans, s => s.Name == "gelu" && s.Category == "recomputation");
        Event? root = again;
        while (root.Around is { } around) root = around;
        Assert.Equal("backward", root.Name);
    }

    [Fact]
    public void The_file_is_the_stream_and_appears_whole()
    {
        var small = new Small();
        ProfileReport report = Small.Recorded(() => small.Step());
        string path = _folder.File("trace.json");
        File.WriteAllText(path, "old");
        report.WriteChromeTrace(path);
        Assert.Equal(Written(report), File.ReadAllText(path));
        Assert.Equal(["trace.json"], Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
        Assert.Throws<DirectoryNotFoundException>(() => report.WriteChromeTrace(_folder.File("none/trace.json")));
    }
}
