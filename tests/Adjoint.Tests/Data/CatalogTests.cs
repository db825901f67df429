using System.Formats.Tar;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Data;

public sealed class CatalogTests : IDisposable
{
    static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40];
    static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    readonly TemporaryFolder _folder = new();
    readonly List<string> _asked = [];
    Func<Uri, HttpResponseMessage> _answer = _ => throw new HttpRequestException("no route to host.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-labels.idx1-ubyte", false)]
    [InlineData("train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", true)]
    public void Files_are_found_under_their_usual_names(string images, string labels, bool gzip)
    {
        Directory.CreateDirectory(_folder.File("tiny"));
        _folder.Write("tiny/" + images, gzip ? TemporaryFolder.Gzip(Images) : Images);
        _folder.Write("tiny/" + labels, gzip ? TemporaryFolder.Gzip(Labels) : Labels);
        foreach (TensorDataset set in new[] { Tiny().Load(Part.Train, _folder.Path), Tiny().Load(Part.Train, _folder.File("tiny")), Tiny(data: _folder.Path).Load(Part.Train) })
        {
            Assert.Equal([2, 1, 1, 2], set.Inputs.Shape);
            Assert.Equal([10, 20, 30, 40], set.Inputs.ToArray<byte>());
            Assert.Equal([1L, 0], set.Targets.ToArray<long>());
        }
    }

    [Fact]
    public async Task What_is_nowhere_is_downloaded_once_and_checked()
    {
        _answer = url => url.Host == "broken" ? new(HttpStatusCode.NotFound) : Bytes(TemporaryFolder.Gzip(url.AbsolutePath.Contains("images", StringComparison.Ordinal) ? Images : Labels));
        var progress = new Reports();
        TensorDataset set = await Tiny().LoadAsync(Part.Train, progress: progress, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([10, 20, 30, 40], set.Inputs.ToArray<byte>());
        Assert.Equal(["http://broken/train-images.gz", "http://good/train-images.gz", "http://broken/train-labels.gz", "http://good/train-labels.gz"], _asked);
        Assert.Equal("train-images-idx3-ubyte.gz", progress.All[0].File);
        Assert.Equal(progress.All[0].Total, progress.All[0].Bytes);
        Assert.Equal(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"], Directory.GetFiles(Cache, "*").Select(Path.GetFileName).Order());
        Assert.Equal(2, (await Tiny().LoadAsync(Part.Train, cancellation: TestContext.Current.CancellationToken)).Count);
        Assert.Equal(4, _asked.Count);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_where_to_put_the_files()
    {
        string sentence = $"tiny: the file train-images-idx3-ubyte must be in a folder that is searched, but it is in none of {Cache.Quoted()}";
        const string Hint = ". Hint: a package has them; put them into ";
        Assert.Equal($"{sentence}{Hint}{Cache}, or set ADJOINT_DATA.", Assert.Throws<FileNotFoundException>(() => Tiny().Load(Part.Train)).Message);
        Task load = Tiny().LoadAsync(Part.Train, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal($"{sentence} and could not be downloaded: http://good/train-images.gz: no route to host{Hint}{Cache}, or set ADJOINT_DATA.", (await Assert.ThrowsAsync<FileNotFoundException>(() => load)).Message);
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public async Task What_a_mirror_sends_must_be_the_very_file()
    {
        byte[][] wrong = [TemporaryFolder.Gzip([.. Images[..^1], 41]), TemporaryFolder.Gzip(Images)[..20], Encoding.UTF8.GetBytes("<html>"), RandomNumberGenerator.GetBytes(2 << 20), []];
        foreach (byte[] answer in wrong)
        {
            _answer = _ => Bytes(answer);
            await Assert.ThrowsAsync<FileNotFoundException>(() => Tiny().LoadAsync(Part.Train, cancellation: TestContext.Current.CancellationToken));
            Assert.Empty(Directory.GetFiles(Cache));
        }
    }

    [Fact]
    public async Task Cancelling_a_download_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        _answer = _ =>
        {
            cancel.Cancel();
            return Bytes(TemporaryFolder.Gzip(Images));
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Tiny().LoadAsync(Part.Train, cancellation: cancel.Token));
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public async Task An_archive_gives_only_the_files_that_are_wanted()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in new[] { ("../../evil", Images), ("sub/train-images-idx3-ubyte", Images), ("sub/../train-labels-idx1-ubyte", Labels) })
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }

        _answer = _ => Bytes(TemporaryFolder.Gzip(tar.ToArray()));
        TensorDataset set = await Tiny(archive: true).LoadAsync(Part.Train, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([10, 20, 30, 40], set.Inputs.ToArray<byte>());
        Assert.Single(_asked);
        Assert.Equal(["train-images-idx3-ubyte", "train-labels-idx1-ubyte"], Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Where(File.Exists).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_of_another_data_set_is_refused_unless_told_otherwise()
    {
        _folder.Write("train-images-idx3-ubyte", [.. Images[..^1], 41]);
        _folder.Write("train-labels-idx1-ubyte", Labels);
        Assert.StartsWith("tiny: the contents of train-images-idx3-ubyte must have SHA-256 ", Assert.Throws<FormatException>(() => Tiny().Load(Part.Train, _folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal([10, 20, 30, 41], Tiny().Load(Part.Train, _folder.Path, verify: false).Inputs.ToArray<byte>());
    }

    [Fact]
    public void Digits_are_read_from_their_table()
    {
        string Line(int pixel, string label) => string.Join(',', Enumerable.Repeat(pixel, 64)) + $",{label}\n";
        TensorDataset digits = Catalog.ReadDigits(Text(Line(16, "9") + Line(4, "0")));
        Assert.Equal([2, 1, 8, 8], digits.Inputs.Shape);
        Assert.Equal([1f, 0.25f], [digits.Inputs.ToArray<float>()[0], digits.Inputs.ToArray<float>()[64]]);
        Assert.Equal([9L, 0], digits.Targets.ToArray<long>());
        Assert.Equal("digits: pixels must be from 0 to 16, but row 1, column 0 is 17.", Assert.Throws<DataException>(() => Catalog.ReadDigits(Text(Line(1, "1") + Line(17, "0")))).Message);
        Assert.Equal("data set: labels must be from 0 to 9, but that of row 0 is 10.", Assert.Throws<DataException>(() => Catalog.ReadDigits(Text(Line(1, "10")))).Message);
        Assert.Equal("digits: labels must be digits, but 'digits' has others.", Assert.Throws<DataException>(() => Catalog.ReadDigits(Text(Line(1, "x")))).Message);
        Assert.Equal("digits: every line must have 64 pixels and a label, but 'digits' has 2 and a label.", Assert.Throws<FormatException>(() => Catalog.ReadDigits(Text("1,2,3\n"))).Message);

        static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void The_catalog_is_consistent()
    {
        Assert.Equal(["mnist", "fashion-mnist", "cifar-10"], Catalog.All.Select(d => d.Name));
        Assert.All(Catalog.All, d => Assert.Equal(10, d.Classes.Distinct().Count()));
        CatalogFile[] files = [.. Catalog.All.SelectMany(d => d.Train.Concat(d.Test))];
        Assert.Equal(14, files.Select(f => f.Sha256).Distinct().Count());
        Assert.All(files, f => Assert.Matches("^[0-9a-f]{64}$", f.Sha256));
        Assert.All(files, f => Assert.All(f.Urls, url => Assert.True(Uri.IsWellFormedUriString(url, UriKind.Absolute))));
    }

    string Cache => _folder.File("adjoint/tiny");

    NamedDataset Tiny(string? data = null, bool archive = false)
    {
        string[] Urls(string name) => archive ? ["http://good/all.tar.gz"] : [$"http://broken/{name}.gz", $"http://good/{name}.gz"];
        return new("tiny", 2, "a package has them", files => (Reshaped(Idx.ReadPlain(files[0].Stream, files[0].Path)), Idx.ReadPlain(files[1].Stream, files[1].Path)))
        {
            Classes = ["a", "b"],
            Train =
            [
                new(["train-images-idx3-ubyte", "train-images.idx3-ubyte"], Images.Length, Hash(Images), Urls("train-images")),
                new(["train-labels-idx1-ubyte", "train-labels.idx1-ubyte"], Labels.Length, Hash(Labels), Urls("train-labels")),
            ],
            Environment = name => name == "ADJOINT_DATA" ? data : name == "XDG_CACHE_HOME" ? _folder.Path : null,
            Http = () => new Mirror(this),
        };
    }

    static Tensor Reshaped(Tensor images) => Tensor.From(images.ToArray<byte>(), [2, 1, 1, 2]);

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static HttpResponseMessage Bytes(byte[] bytes) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };

    sealed class Mirror(CatalogTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._asked.Add(request.RequestUri!.ToString());
            return Task.FromResult(test._answer(request.RequestUri));
        }
    }

    sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value) => All.Add(value);
    }
}
