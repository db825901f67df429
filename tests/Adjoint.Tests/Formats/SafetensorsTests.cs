using System.Text;
using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats;

[Collection(Alone.Name)]
public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static KeyValuePair<string, Tensor>[] Every() =>
    [
        new("flags", Tensor.From([true, false, true])),
        new("bytes", Tensor.From(new byte[] { 0, 128, 255 })),
        new("halves", Tensor.From([(Half)1.5f, Half.NaN], [2, 1])),
        new("brain", Tensor.From([(BFloat16)(-3f), (BFloat16)1e30f])),
        new("ints", Tensor.From([int.MinValue, 7])),
        new("longs", Tensor.From([long.MaxValue])),
        new("floats", Tensor.From([1f, -0f, float.NaN, float.PositiveInfinity, float.Epsilon, 3f], [2, 3])),
        new("doubles", Tensor.From([Math.PI])),
        new("scalar", Tensor.From([2.5f], [])),
        new("nothing", Tensor.Zeros([0, 5])),
        new("Gewicht ü 漢 \"quoted\" 🙂", Tensor.From([4f])),
    ];

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"adjoint-{Guid.NewGuid():N}");
        Assert.Equal($"file: a file is written into a folder that exists, but '{folder}' does not. Hint: Directory.CreateDirectory makes it.",
            Assert.Throws<DirectoryNotFoundException>(() => Safetensors.Write(Path.Combine(folder, "x"), new Dictionary<string, Tensor> { ["x"] = Tensor.Ones([1]) })).Message);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        string path = _folder.File("model.safetensors");
        KeyValuePair<string, Tensor>[] tensors = Every();
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["step"] = "12", ["ü\n"] = "" });
        using SafetensorsFile file = Safetensors.Read(path);
        Assert.Equal(tensors.Select(t => t.Key), file.Names);
        Assert.Equal(new Dictionary<string, string> { ["step"] = "12", ["ü\n"] = "" }, file.Metadata);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(new Spec(tensor.Shape, tensor.DType), file.Spec(name));
            Tensor read = file.Load(name);
            Assert.Equal(name, read.Name);
            Assert.Equal(tensor.Shape, read.Shape);
            Assert.Equal(Bytes(tensor), Bytes(read));
        }

        Assert.Equal(file.Names, file.LoadAll().Keys);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Of_a_file_of_gigabytes_only_the_header_and_what_is_asked_for_is_read()
    {
        const long Elements = 3L << 29;     // 6 GiB, which nobody writes: the file is empty but for both ends
        string path = _folder.File("large.safetensors");
        byte[] header = Encoding.UTF8.GetBytes($$$"""{"first":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"large":{"dtype":"F32","shape":[{{{Elements}}}],"data_offsets":[8,{{{8 + (4 * Elements)}}}]},"last":{"dtype":"F32","shape":[3],"data_offsets":[{{{8 + (4 * Elements)}}},{{{20 + (4 * Elements)}}}]} }""");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((long)header.Length));
            stream.Write(header);
            stream.Write(BitConverter.GetBytes(2.5f));
            stream.SetLength(8 + header.Length + 20 + (4 * Elements));
        }

        Safetensors.Read(path).Dispose();
        (long live, long managed) = (TensorMemory.LiveBytes, GC.GetAllocatedBytesForCurrentThread());
        using SafetensorsFile file = Safetensors.Read(path);
        Assert.Equal([Elements], file.Spec("large").Shape);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - managed, 0, 64 << 10);
        Assert.Equal(live, TensorMemory.LiveBytes);
        Assert.Equal([2.5f, 0], file.Load("first").ToArray<float>());
        Assert.Equal(new float[3], file.Load("last").ToArray<float>());
        Assert.InRange(TensorMemory.LiveBytes - live, 0, 1 << 10);
    }

    [Fact]
    public void A_file_that_is_cut_short_while_it_is_open_is_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody cut an open file short.");
        string path = _folder.File("model.safetensors");
        Safetensors.Write(path, Every());
        using SafetensorsFile file = Safetensors.Read(path);
        Assert.Equal(0, Truncate(path, new FileInfo(path).Length - 1));
        Assert.Equal(
            $"safetensors: a file must stay whole while it is open, but '{path}' ends within 'bytes'.",
            Assert.Throws<FormatException>(() => file.Load("bytes")).Message);
        Assert.Equal([Math.PI], file.Load("doubles").ToArray<double>());
    }

    [Fact]
    public void A_file_that_is_replaced_while_it_is_open_stays_what_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows replaces no open file.");
        string path = _folder.File("model.safetensors");
        void Write(float value) => Safetensors.Write(path, new Dictionary<string, Tensor> { ["x"] = Tensor.Full([100_000], value) });
        Write(1);
        using SafetensorsFile before = Safetensors.Read(path);
        Write(2);
        using SafetensorsFile after = Safetensors.Read(path);
        Assert.All(before.Load("x").ToArray<float>(), x => Assert.Equal(1, x));
        Assert.All(after.Load("x").ToArray<float>(), x => Assert.Equal(2, x));
    }

    [Fact]
    public void A_file_that_was_closed_can_be_replaced_and_deleted()
    {
        string path = _folder.File("model.safetensors");
        Safetensors.Write(path, Every());
        using (SafetensorsFile file = Safetensors.Read(path)) file.LoadAll();
        Safetensors.Write(path, Every());
        Assert.Throws<FormatException>(() => Safetensors.Read(_folder.Write("broken.safetensors", [1])));
        File.Delete(_folder.File("broken.safetensors"));
        File.Delete(path);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    // The framework's own files are locked against other writers of the framework.
    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "truncate")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    static extern int Truncate([System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)] string path, long length);

    [Fact]
    public void Elements_are_aligned_and_the_header_is_what_other_readers_expect()
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, [new("a", Tensor.From(new byte[] { 1 })), new("b", Tensor.From([2f], [1, 1]))]);
        byte[] bytes = stream.ToArray();
        string header = Encoding.UTF8.GetString(bytes, 8, (int)BitConverter.ToUInt64(bytes));
        Assert.Equal("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}""", header.TrimEnd(' '));
        Assert.Equal(0, header.Length % 8);
        Assert.Equal([.. BitConverter.GetBytes(2f), 1], bytes[(8 + header.Length)..]);
    }

    [Fact]
    public void Loading_into_a_tensor_keeps_its_identity()
    {
        string path = _folder.File("a.safetensors");
        Safetensors.Write(path, [new("w", Tensor.From([1f, 2f]))]);
        using SafetensorsFile file = Safetensors.Read(path);
        Tensor target = Tensor.Zeros([2]);
        file.LoadInto("w", target);
        Assert.Equal([1f, 2f], target.ToArray<float>());
        Assert.Equal($"safetensors: the target must have the tensor's shape, but 'w' in {path.Quoted()} is [2] and the target is [3].", Assert.Throws<ShapeException>(() => file.LoadInto("w", Tensor.Zeros([3]))).Message);
        Assert.Equal($"safetensors: the target must have the tensor's element type, but 'w' in {path.Quoted()} is F32 and the target is I64.", Assert.Throws<DTypeException>(() => file.LoadInto("w", Tensor.Zeros([2], DType.I64))).Message);
        Assert.Equal($"safetensors: a tensor must be in the file to be read, but 'v' is not among the 1 of {path.Quoted()}.", Assert.Throws<KeyNotFoundException>(() => file.Load("v")).Message);
    }

    [Fact]
    public void Strided_tensors_are_written_in_row_major_order()
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, [new("t", Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]).Permute(1, 0))]);
        using SafetensorsFile file = Safetensors.Read(stream);
        Assert.Equal([3, 2], file.Spec("t").Shape);
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], file.Load("t").ToArray<float>());
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        string path = _folder.File("model.safetensors");
        Safetensors.Write(path, [new("w", Tensor.From([1f]))]);
        byte[] before = File.ReadAllBytes(path);
        Tensor gone;
        using (Scope.Begin("gone")) gone = Tensor.From([1f]);
        Assert.Throws<ReleasedTensorException>(() => Safetensors.Write(path, [new("a", Tensor.From([1f, 2f])), new("b", gone)]));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Names_must_be_unique_text()
    {
        Tensor one = Tensor.From([1f]);
        Assert.Equal("safetensors: names must be unique, but 'a' occurs twice.", Refused(new("a", one), new("a", one)));
        Assert.Equal("safetensors: a tensor must not have the reserved name '__metadata__'.", Refused(new KeyValuePair<string, Tensor>("__metadata__", one)));
        Assert.Equal("safetensors: names must be valid Unicode text, but 'a\\ud800' is not.", Refused(new KeyValuePair<string, Tensor>("a\uD800", one)));

        static string Refused(params KeyValuePair<string, Tensor>[] tensors) => Assert.Throws<ArgumentException>(() => Safetensors.Write(new MemoryStream(), tensors)).Message;
    }

    internal static byte[] Bytes(Tensor tensor) => tensor.DType switch
    {
        DType.F64 => Raw<double>(tensor),
        DType.F32 => Raw<float>(tensor),
        DType.BF16 => Raw<BFloat16>(tensor),
        DType.F16 => Raw<Half>(tensor),
        DType.I64 => Raw<long>(tensor),
        DType.I32 => Raw<int>(tensor),
        DType.U8 => Raw<byte>(tensor),
        _ => Raw<bool>(tensor),
    };

    static byte[] Raw<T>(Tensor tensor) where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<T>()).ToArray();
}
