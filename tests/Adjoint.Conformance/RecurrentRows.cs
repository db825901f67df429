using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Attention, and networks that walk through time.</summary>
static class RecurrentRows
{
    /// <summary>One layer in one direction.</summary>
    delegate Tensor Layer(Tensor x, Tensor weightInput, Tensor weightHidden, Tensor? biasInput, Tensor? biasHidden, bool reverse);

    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["scaled_dot_product_attention"] = All(Attention),
        ["lstm"] = All((x, s) => Layers(x, s, (x, w, u, b, c, reverse) => x.Lstm(w, u, b, c, reverse: reverse).Y)),
        ["gru"] = All((x, s) => Layers(x, s, (x, w, u, b, c, reverse) => x.Gru(w, u, b, c, reverse: reverse).Y)),
        ["lstm_cell"] = (x, _) => Step(x[0]).Lstm(x[3], x[4], x.At(5), x.At(6), (x[1], x[2])) is var (_, h, c) ? [h, c] : [],
        ["gru_cell"] = All((x, _) => Step(x[0]).Gru(x[2], x[3], x.At(4), x.At(5), x[1]).H),
        ["rnn_cell"] = All((x, s) => Step(x[0]).Rnn(x[2], x[3], x.At(4), x.At(5), x[1], s.Text("nonlinearity", "tanh") == "relu").H),
        ["rnn"] = All((x, s) => Layers(x, s, (x, w, u, b, c, reverse) => x.Rnn(w, u, b, c, relu: s.Text("nonlinearity", "tanh") == "relu", reverse: reverse).Y)),
    };

    // One step is a sequence of one.
    static Tensor Step(Tensor x) => x.Unsqueeze(1);

    static Tensor Attention(Tensor[] x, Settings s)
    {
        // Grouped heads show in the shapes; a probability of 0 asks for nothing.
        if (s.Ignore("enable_gqa").Number("dropout_p", 0) != 0) throw new SkippedException("setting 'dropout_p' of 'scaled_dot_product_attention'");
        return x[0].ScaledDotProductAttention(x[1], x[2], x.At(3), s.Flag("is_causal", false), s.Has("scale") ? s.Number("scale", 1) : null);
    }

    // Inputs behind x carry their names in 'params': weight_ih_l0, …, bias_hh_l1_reverse.
    static Tensor Layers(Tensor[] inputs, Settings s, Layer layer)
    {
        string[] names = s.Ignore("num_layers", "bidirectional", "hidden_size", "input_size", "bias", "nonlinearity").Texts("params");
        if (names.Length == 0) names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
        if (s.Number("dropout", 0) != 0) throw new SkippedException("setting 'dropout'");
        Dictionary<string, Tensor> parameters = names.Zip(inputs[1..]).ToDictionary(p => p.First, p => p.Second);
        bool batchFirst = s.Flag("batch_first", true);
        Tensor x = batchFirst ? inputs[0] : inputs[0].Transpose(0, 1);
        for (int l = 0; parameters.ContainsKey($"weight_ih_l{l}"); l++)
        {
            Tensor y = Side($"l{l}", false);
            x = parameters.ContainsKey($"weight_ih_l{l}_reverse") ? Tensor.Cat([y, Side($"l{l}_reverse", true)], -1) : y;
        }

        return batchFirst ? x : x.Transpose(0, 1);

        Tensor Side(string end, bool reverse) => layer(x, parameters[$"weight_ih_{end}"], parameters[$"weight_hh_{end}"],
            parameters.GetValueOrDefault($"bias_ih_{end}"), parameters.GetValueOrDefault($"bias_hh_{end}"), reverse);
    }
}
