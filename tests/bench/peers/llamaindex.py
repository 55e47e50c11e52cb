"""LlamaIndex: its Markdown parser, default splitter and vector store, fused with BM25 by reciprocal ranks."""

from __future__ import annotations

from pathlib import Path

from llama_index.core import (
    Document,
    Settings,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import MarkdownNodeParser, SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from tests.bench.peers.command import Answer, Build, notes_in, ranked, run

DEPTH = 20


def builder(model: str) -> Build:
    Settings.embed_model = HuggingFaceEmbedding(model_name=model, device="cpu")

    def build(notes: Path, folder: Path) -> int:
        documents = [Document(text=text, metadata={"file_path": path}) for path, text in notes_in(notes)]
        sections = MarkdownNodeParser().get_nodes_from_documents(documents)
        nodes = SentenceSplitter()(sections)
        VectorStoreIndex(nodes).storage_context.persist(persist_dir=str(folder))
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH).persist(str(folder / "bm25"))
        return len(nodes)

    return build


def opened(folder: Path, model: str) -> Answer:
    Settings.embed_model = HuggingFaceEmbedding(model_name=model, device="cpu")
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
    retriever = QueryFusionRetriever(
        [
            index.as_retriever(similarity_top_k=DEPTH),
            BM25Retriever.from_persist_dir(str(folder / "bm25")),
        ],
        llm=MockLLM(),
        num_queries=1,  # the question itself; more would be written by a language model
        mode="reciprocal_rerank",
        similarity_top_k=DEPTH,
        use_async=False,
    )
    return lambda question: ranked([one.node.metadata["file_path"] for one in retriever.retrieve(question)])


if __name__ == "__main__":
    run(builder, opened)
