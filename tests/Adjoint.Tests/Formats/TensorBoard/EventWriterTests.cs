using Adjoint.Formats;
using SkiaSharp;
using Tensorboard;
using Xunit;

namespace Adjoint.Tests.Formats.TensorBoard;

/// <summary>What the writer writes is what the official classes read.</summary>
public sealed class EventWriterTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, 250, TimeSpan.FromHours(1));

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The one value of each event after the first.</summary>
    List<(Event Event, Summary.Types.Value Value)> Written(Action<EventWriter> write)
    {
        using var events = new EventWriter(_folder.File("run"));
        write(events);
        List<Event> read = EventRecords.Read(events.Path);
        Assert.Equal("brain.Event:2", read[0].FileVersion);
        return [.. read.Skip(1).Select(e => (e, Assert.Single(e.Summary.Value)))];
    }

    [Fact]
    public void The_checksum_is_the_published_one()
    {
        // The check value of CRC-32C, by both.
        Assert.Equal(0xE3069283, EventRecords.Crc("123456789"u8));
        var random = new Random(1);
        for (int length = 0; length < 70; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(EventRecords.Checksum(bytes), EventFile.Checksum(bytes));
        }
    }

    [Fact]
    public void Scalars_have_value_step_time_and_at_first_their_kind()
    {
        var read = Written(events =>
        {
            events.WriteScalar("loss/train", 0.1, 0, Noon);
            events.WriteScalar("loss/train", double.NaN, 1L << 40, Noon);
            events.WriteScalar("größe", 1e300, 3);
        });
        Assert.Equal(["loss/train", "loss/train", "größe"], read.Select(r => r.Value.Tag));
        Assert.Equal([0.1f, float.NaN, float.PositiveInfinity], read.Select(r => r.Value.SimpleValue));
        Assert.Equal([0L, 1L << 40, 3], read.Select(r => r.Event.Step));
        Assert.Equal(["scalars", null, "scalars"], read.Select(r => r.Value.Metadata?.PluginData.PluginName));
        Assert.Equal(1772622000.25, read[0].Event.WallTime);
        Assert.InRange(read[2].Event.WallTime, Noon.ToUnixTimeSeconds(), 9e9);
    }

    [Fact]
    public void Text_is_a_tensor_of_one_string()
    {
        (_, Summary.Types.Value value) = Assert.Single(Written(events => events.WriteText("notes", "**Größe** 𝄞\n", 7)));
        Assert.Equal(("notes", "text"), (value.Tag, value.Metadata.PluginData.PluginName));
        Assert.Equal(DataType.DtString, value.Tensor.Dtype);
        Assert.Equal(1, Assert.Single(value.Tensor.TensorShape.Dim).Size);
        Assert.Equal("**Größe** 𝄞\n", Assert.Single(value.Tensor.StringVal).ToStringUtf8());
    }

    [Fact]
    public void Histograms_carry_every_number()
    {
        var own = new Histogram(-1.5, 4, 7, 30, [0, 2, 5], [1, 2.5, 3]);
        var read = Written(events =>
        {
            events.WriteHistogram("own", own, 1);
            events.WriteHistogram("tensor", Tensor.From([1f, 2, 2, -3]), 2);
        });
        HistogramProto histogram = read[0].Value.Histo;
        Assert.Equal((-1.5, 4, 6.5, 7, 30), (histogram.Min, histogram.Max, histogram.Num, histogram.Sum, histogram.SumSquares));
        Assert.Equal([0, 2, 5], histogram.BucketLimit);
        Assert.Equal([1, 2.5, 3], histogram.Bucket);
        Assert.Equal("histograms", read[0].Value.Metadata.PluginData.PluginName);
        histogram = read[1].Value.Histo;
        Assert.Equal((-3, 2, 4, 2, 18), (histogram.Min, histogram.Max, histogram.Num, histogram.Sum, histogram.SumSquares));
        Assert.Equal(4, histogram.Bucket.Sum());
    }

    [Theory]
    [InlineData(DType.U8, false)]
    [InlineData(DType.U8, true)]
    [InlineData(DType.F32, false)]
    [InlineData(DType.F32, true)]
    [InlineData(DType.BF16, true)]
    public void Images_are_pictures_that_another_program_opens(DType dtype, bool color)
    {
        const int Height = 5, Width = 7;
        Tensor levels = new Generator(3).Integers(color ? [3, Height, Width] : [Height, Width], 0, 256);
        // One beyond either end is taken for the end.
        Tensor pixels = dtype == DType.U8 ? levels.To(DType.U8) : ((levels.To(DType.F32) * 1.4142135 - 20) / 255).To(dtype);
        byte[] expected = dtype == DType.U8 ? pixels.ToArray<byte>() : [.. pixels.To(DType.F32).ToArray<float>().Select(v => (byte)Math.Round(Math.Clamp(v, 0, 1) * 255.0, MidpointRounding.AwayFromZero))];
        if (dtype != DType.U8) Assert.True(expected.Contains((byte)0) && expected.Contains((byte)255));
        (_, Summary.Types.Value value) = Assert.Single(Written(events => events.WriteImage("digits", pixels, 7)));
        Assert.Equal("images", value.Metadata.PluginData.PluginName);
        Assert.Equal((Height, Width, color ? 3 : 1), (value.Image.Height, value.Image.Width, value.Image.Colorspace));
        using SKBitmap bitmap = SKBitmap.Decode(value.Image.EncodedImageString.ToByteArray());
        Assert.Equal((Height, Width), (bitmap.Height, bitmap.Width));
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                SKColor seen = bitmap.GetPixel(x, y);
                byte At(int channel) => expected[(((color ? channel : 0) * Height) + y) * Width + x];
                Assert.Equal((At(0), At(1), At(2), (byte)255), (seen.Red, seen.Green, seen.Blue, seen.Alpha));
            }
        }
    }

    [Fact]
    public void Every_whole_record_is_readable_and_every_flipped_bit_is_noticed()
    {
        using var events = new EventWriter(_folder.File("run"), resumeStep: 12);
        events.WriteScalar("a", 1, 12);
        events.WriteText("b", "text", 13);
        events.WriteHistogram("c", Tensor.From([1.0, 5]), 14);
        events.WriteImage("d", Tensor.Full([2, 2], 0.5), 15);
        events.Flush();
        // The writer is open still, as that of a process which is killed now.
        byte[] whole = ReadOpen(events.Path);
        List<(Event Event, int End)> records = EventRecords.Read(whole);
        Assert.Equal(7, records.Count);
        for (int n = 0; n < records.Count; n++) Assert.Equal(records.Take(n + 1).Select(r => r.Event), EventRecords.Read(whole[..records[n].End]).Select(r => r.Event));
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => EventRecords.Read(damaged));
        }
    }

    [Fact]
    public void A_resume_purges_what_is_written_again()
    {
        string folder = _folder.File("run");
        List<Event> read;
        using (var resumed = new EventWriter(folder, resumeStep: 120)) read = EventRecords.Read(resumed.Path);
        // The first start of a run counts as its beginning; only a second one purges.
        Assert.Equal([("brain.Event:2", 0L), ("", 120), ("", 120)], read.Select(e => (e.FileVersion, e.Step)));
        Assert.All(read.Skip(1), e => Assert.Equal(SessionLog.Types.SessionStatus.Start, e.SessionLog.Status));
        using var first = new EventWriter(folder);
        Assert.All(EventRecords.Read(first.Path), e => Assert.Null(e.SessionLog));
    }

    [Fact]
    public void Each_writer_has_a_file_and_names_are_in_the_order_of_making()
    {
        string folder = _folder.File("a/run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "events.out.tfevents.9000000000.other.1"), "");
        File.WriteAllText(Path.Combine(folder, "events.out.tfevents.99999999999999999999.other.1"), "");
        File.WriteAllText(Path.Combine(folder, "events.out.tfevents."), "");
        string[] made = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            using var events = new EventWriter(folder);
            return Path.GetFileName(events.Path);
        })];
        Assert.Equal([.. made.Order(StringComparer.Ordinal)], made);
        Assert.StartsWith($"events.out.tfevents.9000000001.{Environment.MachineName}.{Environment.ProcessId}", made[0], StringComparison.Ordinal);
        Assert.Equal(3, made.Distinct().Count());
    }

    [Fact]
    public void Several_threads_may_write()
    {
        using var events = new EventWriter(_folder.File("run"));
        Parallel.For(0, 400, i => events.WriteScalar($"tag/{i % 3}", i, i));
        List<Event> read = EventRecords.Read(events.Path);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), read.Skip(1).Select(e => e.Step).Order());
        Assert.Equal(3, read.Skip(1).Count(e => e.Summary.Value[0].Metadata is not null));
    }

    [Fact]
    public void Misuse_has_its_sentence()
    {
        var events = new EventWriter(_folder.File("run"));
        events.WriteScalar("a", 1, 1);
        Says<ArgumentException>("tensorboard: a tag must have a name, but it is empty. (Parameter 'tag')", () => events.WriteScalar("", 1, 1));
        Says<ArgumentOutOfRangeException>("tensorboard: steps must not be below 0, but it is -1. (Parameter 'step')", () => events.WriteScalar("a", 1, -1));
        Says<ArgumentOutOfRangeException>("tensorboard: steps must not be below 0, but it is -3. (Parameter 'resumeStep')", () => new EventWriter(_folder.File("run"), -3).Dispose());
        Says<ArgumentException>("tensorboard: a tag is of one kind, but 'a' was written among the scalars and now comes among the text. Hint: give one of them another tag. (Parameter 'tag')", () => events.WriteText("a", "", 1));
        Says<ShapeException>("tensorboard: an image must be [H, W], [1, H, W] or [3, H, W], but it is [2, 4, 4].", () => events.WriteImage("i", Tensor.Zeros([2, 4, 4]), 1));
        Says<ShapeException>("tensorboard: an image must be [H, W], [1, H, W] or [3, H, W], but it is [4].", () => events.WriteImage("i", Tensor.Zeros([4]), 1));
        Says<ShapeException>("tensorboard: the sides of an image must be from 1 to 32768 pixels, but it is [3, 0, 4].", () => events.WriteImage("i", Tensor.Zeros([3, 0, 4]), 1));
        Says<DTypeException>("tensorboard: the pixels of an image must be U8 from 0 to 255 or floating-point from 0 to 1, but they are I64.", () => events.WriteImage("i", Tensor.Zeros([4, 4], DType.I64), 1));
        Says<ArgumentException>("tensorboard: the pixels of an image must be numbers, but element 3 is NaN.", () => events.WriteImage("i", Tensor.From([0, 1, 0, float.NaN], [2, 2]), 1));
        string taken = _folder.Write("taken", []);
        Assert.StartsWith($"tensorboard: an event file must be made in the folder, but in '{taken}' it could not be. ", Assert.Throws<IOException>(() => new EventWriter(taken).Dispose()).Message, StringComparison.Ordinal);
        events.Dispose();
        events.Dispose();
        Assert.Throws<ObjectDisposedException>(() => events.WriteScalar("a", 1, 2));
        Assert.Throws<ObjectDisposedException>(events.Flush);
        Assert.Equal(2, EventRecords.Read(events.Path).Count);

        static void Says<T>(string sentence, Action action) where T : Exception => Assert.Equal(sentence, Assert.Throws<T>(action).Message);
    }

    static byte[] ReadOpen(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
