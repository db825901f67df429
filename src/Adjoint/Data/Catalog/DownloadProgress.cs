namespace Adjoint.Data;

/// <summary>How far a download is.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Bytes">How many bytes have come.</param>
/// <param name="Total">How many will come, where the server says so.</param>
public readonly record struct DownloadProgress(string File, long Bytes, long? Total);
