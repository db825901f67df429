using Adjoint.Formats;
using Tensorboard;
using Xunit;

namespace Adjoint.Tests.Formats.TensorBoard;

/// <summary>An event file on a disk that is really full, or read-only.</summary>
public class EventWriterDiskTests
{
    [Fact]
    public void A_full_disk_cuts_no_record_in_half_and_later_values_follow()
    {
        using var disk = new SmallDisk(256);
        using var events = new EventWriter(disk.File("run"));
        events.WriteScalar("loss", 1, 1);
        disk.Fill(except: 8192);
        // More than is left, and more than one page of it fits.
        string sentence = $"tensorboard: a record must be written whole, but in '{events.Path}' it could not be. No space left on device. Those from before are as they were.";
        Assert.Equal(sentence, Assert.Throws<IOException>(() => events.WriteText("long", new string('x', 100_000), 2)).Message);
        Assert.Equal([0L, 1], EventRecords.Read(events.Path).Select(e => e.Step));
        disk.Clear();
        events.WriteText("long", new string('x', 100_000), 3);
        List<Event> read = EventRecords.Read(events.Path);
        Assert.Equal([0L, 1, 3], read.Select(e => e.Step));
        // What could not be written did not count as the tag's first value.
        Assert.Equal("text", read[2].Summary.Value[0].Metadata.PluginData.PluginName);
    }

    [Fact]
    public void A_disk_on_which_no_file_can_be_begun_has_its_sentence_and_keeps_nothing()
    {
        using var disk = new SmallDisk(64);
        disk.Fill();
        string folder = disk.File("run");
        Assert.StartsWith("tensorboard: ", Assert.Throws<IOException>(() => new EventWriter(folder).Dispose()).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(disk.Names, n => n.Contains("tfevents", StringComparison.Ordinal));
        disk.MakeReadOnly();
        Assert.Equal($"tensorboard: an event file must be made in the folder, but in '{disk.File("other")}' it could not be. Read-only file system.", Assert.Throws<IOException>(() => new EventWriter(disk.File("other")).Dispose()).Message);
    }
}
