"""LangChain: its recursive splitter and FAISS, fused with its BM25 retriever by the ensemble retriever."""

from __future__ import annotations

from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from tests.bench.peers.command import Answer, Build, notes_in, ranked, run

DEPTH = 20


def builder(model: str) -> Build:
    embeddings = HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"})

    def build(notes: Path, folder: Path) -> int:
        documents = [Document(text, metadata={"source": path}) for path, text in notes_in(notes)]
        # 1,000 and 200 are the tutorials' sizes.
        passages = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(
            documents
        )
        FAISS.from_documents(passages, embeddings).save_local(str(folder))
        return len(passages)

    return build


def opened(folder: Path, model: str) -> Answer:
    embeddings = HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"})
    store = FAISS.load_local(str(folder), embeddings, allow_dangerous_deserialization=True)
    passages = [store.docstore.search(key) for key in store.index_to_docstore_id.values()]
    retriever = EnsembleRetriever(
        retrievers=[
            BM25Retriever.from_documents(passages, k=DEPTH),  # it has no way to be stored
            store.as_retriever(search_kwargs={"k": DEPTH}),
        ],
        weights=[0.5, 0.5],
    )
    return lambda question: ranked([one.metadata["source"] for one in retriever.invoke(question)])


if __name__ == "__main__":
    run(builder, opened)
