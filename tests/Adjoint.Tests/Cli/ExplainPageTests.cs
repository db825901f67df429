using System.Text.RegularExpressions;
using Adjoint.Formats;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>The page of the explain command, in a real browser.</summary>
public sealed class ExplainPageTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_box_that_is_chosen_shows_its_formula_and_derivative()
    {
        Chromium.Need();
        string page = await Page();
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        string sigmoid = Regex.Match(text, "id=\"n([0-9]+)\" data-node=[^>]*aria-label=\"sigmoid").Groups[1].Value;
        string hidden = await Chromium.Dom(page);
        Assert.Equal(15, Regex.Count(hidden, "<g class=\"node "));
        Assert.Equal(14, Regex.Count(hidden, "<path class=\"edge\""));
        Assert.Equal(["multiply"], Shown(hidden));

        // As a user does: by the page's own handler, and on from there with the keyboard.
        string dom = await Chromium.Dom(await WithScript(page, $"document.getElementById('n{sigmoid}').dispatchEvent(new MouseEvent('click', {"{"} bubbles: true {"}"}));"));
        Assert.Equal(["sigmoid"], Shown(dom));
        string article = Article(dom, sigmoid);
        Assert.Contains("y = sigmoid(x) = 1 / (1 + exp(−x))", article, StringComparison.Ordinal);
        Assert.Contains("dy/dx = y · (1 − y)", article, StringComparison.Ordinal);
        Assert.Contains("0.59327", article, StringComparison.Ordinal);
        Assert.Contains("0.0363503", article, StringComparison.Ordinal);
        Assert.Contains($"id=\"n{sigmoid}\"", Assert.Single(Regex.Matches(dom, "<g class=\"node [^>]*aria-pressed=\"true\"[^>]*>")).Value, StringComparison.Ordinal);

        dom = await Chromium.Dom(await WithScript(page, $$"""
            const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            document.getElementById('n{{sigmoid}}').dispatchEvent(new MouseEvent('click', { bubbles: true }));
            press('ArrowRight');
            """));
        Assert.Equal(["linear"], Shown(dom));
    }

    [Fact]
    public async Task Pointing_at_a_box_marks_its_paths()
    {
        Chromium.Need();
        string page = await Page();
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        string target = Regex.Match(text, "id=\"n([0-9]+)\" data-node=[^>]*aria-label=\"target").Groups[1].Value;
        string dom = await Chromium.Dom(await WithScript(page, $"document.getElementById('n{target}').dispatchEvent(new PointerEvent('pointerover', {"{"} bubbles: true {"}"}));"));
        // From the target four operations lead to the loss.
        Assert.Equal(4, Regex.Count(dom, "<path class=\"edge on\""));
        Assert.Equal(5, Regex.Count(dom, "<g class=\"node [a-z ]* on\""));
    }

    [Fact]
    public async Task Names_of_a_file_are_text()
    {
        Chromium.Need();
        string file = _folder.File("net.safetensors");
        var random = new Generator(3);
        Safetensors.Write(file, new Dictionary<string, Tensor> { ["</style><script>alert(1)</script>.weight"] = random.Uniform([1, 2], -1, 1) });
        string page = await Page(file, "--input", "1,2", "--target", "0");
        Assert.DoesNotContain("<script>alert", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        string dom = await Chromium.Dom(page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", dom, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(dom, "<script>"));
    }

    [Fact]
    public async Task Nothing_is_loaded_and_every_box_has_its_panel()
    {
        string text = await File.ReadAllTextAsync(await Page(), TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(src|href)=|@import|url\\((?!#)|https?://", text);
        int[] boxes = [.. Regex.Matches(text, "data-node=\"([0-9]+)\" data-column").Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order()];
        Assert.Equal(Enumerable.Range(0, 15), boxes);
        Assert.All(boxes, box => Assert.Contains($"<article id=\"p{box}\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_picture_can_be_taken_of_it()
    {
        Chromium.Need();
        string png = _folder.File("page.png");
        await Chromium.Screenshot(await Page(), png, 800, 600);
        byte[] bytes = await File.ReadAllBytesAsync(png, TestContext.Current.CancellationToken);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
        // Width and height, big-endian, behind the first chunk's name.
        Assert.Equal((800, 600), (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))));
    }

    async Task<string> Page(params string[] args)
    {
        string page = _folder.File("page.html");
        ToolRun run = await ToolRun.Of(["explain", .. args, "--html", page], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.EndsWith($"\npage     {page}\n", run.Output, StringComparison.Ordinal);
        return page;
    }

    async Task<string> WithScript(string page, string script)
    {
        string copy = _folder.File($"{Guid.NewGuid():N}.html");
        await File.WriteAllTextAsync(copy, $"{await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)}<script>{script}</script>", TestContext.Current.CancellationToken);
        return copy;
    }

    /// <summary>The titles of the panels that are not hidden.</summary>
    static string[] Shown(string dom) => [.. Regex.Matches(dom, "<article id=\"p[0-9]+\" aria-labelledby=\"[^\"]*\">\\s*<h3[^>]*>([^<]*?) <small>").Select(m => m.Groups[1].Value)];

    static string Article(string dom, string number) => Regex.Match(dom, $"<article id=\"p{number}\".*?</article>", RegexOptions.Singleline).Value;
}
